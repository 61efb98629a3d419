import {Temporal} from 'temporal-polyfill'
import {environmentLock, knowingNames, type Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {type Finding, noteFinding, settleFinding} from '../event/steps.ts'
import {type CertificateSource, insertCertificate} from '../ledger/certificate.ts'
import {certificateOfRun, deleteCertificate, promoteCertificate, sightsOf} from '../ledger/certificate-life.ts'
import {forgetFailedRenewal} from '../ledger/renewal.ts'
import type {At, Runbook, Step, Undo} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import type {Derogation} from './model.ts'
import {type Outside, proven} from './prove.ts'
import {responderAsked} from './responder.ts'
import type {Ask} from './revocation.ts'
import {environmentOfName, type Name, servedAsBefore, servedEverywhere, staged} from './serving.ts'

/** A name whose certificate changes. */
export interface NameInput extends Name {
  /** `acme/production` */
  readonly environment: string
}

export interface InstallInput extends NameInput {
  readonly brought: Brought
}

/** A certificate that was judged and whose key lies sealed already: a run's input is no place for a key. */
export interface Brought {
  readonly chain: string
  readonly keySecret: string
  readonly fingerprint: string
  readonly issuer: string
  /** RFC 3339. */
  readonly notBefore: string
  readonly notAfter: string
  readonly source: CertificateSource
  readonly derogation?: Derogation | undefined
}

/** What certificate runs need beside a platform. */
export interface Delivering {
  readonly platform: Platform
  outside(): Promise<Outside>
  /** Asks the responders that certificates name. */
  readonly ask: Ask
}

/** A certificate on every edge of its name, proven from outside, or the one before is back (R026–R030). */
export function certificateInstall(delivering: Delivering): Runbook<InstallInput> {
  const {platform} = delivering
  return runbook<InstallInput>({
    ...about('certificate-install', 'install the certificate of'),
    steps: input => [
      step('certificate-and-sealed-key-are-on-record', brought(platform, input), {undo: forgotten(platform, input)}),
      ...delivered(delivering, input),
    ],
  })
}

/** What every run about the certificate of a name has in common. */
export function about(id: string, doing: string): Omit<Runbook<NameInput>, 'steps'> {
  return {
    id,
    change: 'certificate-renewal',
    title: ({hostname}) => `${doing} ${hostname}`,
    subject: ({hostname}) => hostname,
    tenant: ({tenant}) => tenant,
    environments: ({environment}) => [environment],
    locks: ({id}) => [environmentLock(id)],
  }
}

/** From a candidate on record to one that is served everywhere, proven from outside. */
export function delivered(delivering: Delivering, name: NameInput): readonly Step[] {
  const {platform, outside} = delivering
  const candidate = (at: At) => ofRun(platform, name, at)
  const place = {platform, name, candidate}
  return [
    step('its-responder-was-asked', responderAsked(delivering, name, candidate), {within: 'PT0S'}),
    step('every-edge-has-it-checked-by-haproxy', staged(place), {within: 'PT30S'}),
    step('every-edge-serves-it', servedEverywhere(place), {undo: {kind: 'by', undo: servedAsBefore(place)}}),
    step('handshakes-from-outside-prove-it', proven({...place, outside})),
    step('ledger-says-it-is-served', promoted(platform, name)),
    step('services-know-the-name', addressedBy(platform, name)),
    step('edges-that-were-away-are-findings', findings(platform, name)),
  ]
}

/** The certificate this run brought. A Bug when there is none. */
async function ofRun({ledger}: Platform, {hostname}: Name, {run}: Pick<At, 'run'>) {
  const row = await certificateOfRun(ledger, {hostname, run})
  if (!row) throw new RangeError(`run ${run} has brought no certificate of ${hostname}`)
  return row
}

function brought({ledger, secrets}: Platform, {hostname, brought}: InstallInput): Fact {
  const sealed = async () => (await secrets.get(brought.keySecret)) !== undefined
  return {
    holds: async ({run}) => (await certificateOfRun(ledger, {hostname, run})) !== undefined && (await sealed()),
    make: async ({run}) => {
      if (!(await sealed())) {
        throw new Refusal(
          'certificate-unfit',
          `The key of the certificate of ${hostname} is not in the secret store.`,
          {
            remedies: ['Type the command again, with the key.'],
          },
        )
      }
      const {notBefore, notAfter, derogation, ...rest} = brought
      const times = {notBefore: Temporal.Instant.from(notBefore), notAfter: Temporal.Instant.from(notAfter)}
      await insertCertificate(ledger, {hostname, ...rest, ...times, derogation, state: 'candidate', run})
    },
  }
}

/** Gone from the ledger, its key too: nothing of a certificate that was taken back stays. */
export function forgotten({ledger, secrets}: Platform, {hostname}: Name): Undo {
  return {
    kind: 'by',
    undo: async ({run}) => {
      const row = await certificateOfRun(ledger, {hostname, run})
      if (row?.state !== 'candidate') return
      await deleteCertificate(ledger, row.id)
      await secrets.remove(row.keySecret)
    },
  }
}

function promoted(platform: Platform, name: Name): Fact {
  return {
    holds: async at => (await ofRun(platform, name, at)).state === 'served',
    make: async at => {
      const row = await ofRun(platform, name, at)
      await platform.ledger.transaction(async tx => {
        await promoteCertificate(tx, row)
        await forgetFailedRenewal(tx, row.hostname)
      })
    },
  }
}

/** A name of the customer's own is where people are sent from now on (R027); ours are known from the first day. */
function addressedBy(platform: Platform, name: NameInput): Fact {
  const own = async () => {
    const environment = await environmentOfName(platform, name)
    return environment.domains.some(({hostname}) => hostname === name.hostname) ? [environment] : []
  }
  const knowing = knowingNames(platform, own)
  return {
    holds: async at => (await own()).length === 0 || (await knowing.holds(at)),
    make: at => knowing.make(at),
  }
}

/** The kind of finding that stays open while an edge has not got a certificate yet. */
export const partial = 'certificate-partial'

function findings(platform: Platform, name: NameInput): Fact {
  let noted = false
  return {
    holds: async () => noted,
    make: async at => {
      const row = await ofRun(platform, name, at)
      const missing = (await sightsOf(platform.ledger, row.id)).filter(({state}) => state === 'missing')
      const {ledger, clock} = platform
      // They were about the one before.
      for (const kind of ['certificate-revoked', 'certificate-responder-silent'])
        await settleFinding(ledger, {kind, subject: name.hostname}, clock.now())
      if (missing.length === 0) await settleFinding(ledger, {kind: partial, subject: name.hostname}, clock.now())
      else await noteFinding(ledger, missingFinding(name, missing), clock.now())
      noted = true
    },
  }
}

function missingFinding({tenant, hostname, environment}: NameInput, missing: readonly {host: string}[]): Finding {
  const edges = missing.map(({host}) => host)
  return {
    kind: partial,
    subject: hostname,
    tenant,
    remedy: `selfhelp certificate renew --due, when ${edges.join(', ')} is back; the scheduler asks too`,
    detail: {environment, edges},
  }
}
