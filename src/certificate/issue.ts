import {Temporal} from 'temporal-polyfill'
import {daysOfCertificate, type Issued, renewalManaged} from '../ca/model.ts'
import {newServerKey} from '../ca/steps.ts'
import type {Contract} from '../contract/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Failure, Refusal} from '../error.ts'
import {insertCertificate} from '../ledger/certificate.ts'
import {certificateOfRun} from '../ledger/certificate-life.ts'
import {noteFailedRenewal} from '../ledger/renewal.ts'
import {tenantNamed} from '../ledger/tenant.ts'
import type {At, Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {withKey} from '../secret/pem.ts'
import type {Secret} from '../secret/secret.ts'
import {type AcmeAuthority, certificateByAcme} from './acme.ts'
import {readBundle} from './bundle.ts'
import {publicRoots} from './check.ts'
import {about, type Delivering, delivered, forgotten, type NameInput} from './install.ts'
import {judge} from './judge.ts'
import type {Fitting} from './model.ts'
import {shownByDns, shownByEdges} from './show-proof.ts'

export interface IssueInput extends NameInput {
  readonly by: 'acme' | 'internal'
  /** The certificate that is served now, so that each renewal is a run of its own. */
  readonly after: string | undefined
}

/** Names under which the secrets of an ACME account lie. */
export const acmeSecrets = {
  account: 'acme/account-key',
  bound: 'acme/eab-key',
  dns: 'acme/tsig-key',
  authority: 'acme/authority',
} as const

/** A certificate from an authority, then everything an installation does (R026, T08). */
export function certificateIssue(delivering: Delivering): Runbook<IssueInput> {
  const {platform} = delivering
  return runbook<IssueInput>({
    ...about('certificate-issue', 'issue a certificate for'),
    steps: input => [
      // Asking an authority again and again would use up what it allows.
      step('authority-has-issued-it', issued(platform, input), {undo: forgotten(platform, input), within: 'PT0S'}),
      ...delivered(delivering, input),
    ],
  })
}

/** A certificate of this run is on record, its key sealed; the key is new each time. */
export function issued(platform: Platform, input: IssueInput): Fact {
  const {ledger, secrets} = platform
  const {hostname, by} = input
  return {
    holds: async ({run}) => (await certificateOfRun(ledger, {hostname, run})) !== undefined,
    make: async at => {
      const fitting: Issued = await counted(platform, input, () =>
        by === 'acme' ? fromAcme(platform, input, at) : fromUs(platform, hostname),
      )
      const {chain, fingerprint, issuer, notBefore, notAfter, key} = fitting
      const keySecret = `certificate/${hostname}/${fingerprint.slice(0, 16)}`
      await secrets.put(keySecret, key)
      const kept = {chain, fingerprint, issuer, notBefore, notAfter, keySecret}
      const derogation = await derogated(platform, input, {notAfter, operator: at.operator})
      await insertCertificate(ledger, {hostname, ...kept, derogation, state: 'candidate', source: by, run: at.run})
    },
  }
}

/** Renewal is ours to manage where the contract lasts longer than the certificate (R030). */
async function derogated(
  {ledger}: Platform,
  {tenant}: IssueInput,
  {notAfter, operator}: {notAfter: Temporal.Instant; operator: string},
) {
  const {contract} = (await tenantNamed(ledger, tenant)) as {contract: Contract}
  const end = Temporal.PlainDate.from(contract.end).add({days: 1}).toZonedDateTime(contract.timeZone).toInstant()
  return Temporal.Instant.compare(notAfter, end) < 0 ? renewalManaged(operator) : undefined
}

/** The authority that speaks ACME. Throws `Refusal('not-found')`. */
export async function acmeAuthority({secrets}: Pick<Platform, 'secrets'>): Promise<AcmeAuthority> {
  const authority = await secrets.get(acmeSecrets.authority)
  if (authority !== undefined) return JSON.parse(authority.expose()) as AcmeAuthority
  throw new Refusal('not-found', 'No authority that speaks ACME is set.', {
    remedies: ['selfhelp certificate authority set --directory URL', 'selfhelp certificate issue … --by internal'],
  })
}

async function fromUs(platform: Platform, hostname: string): Promise<Issued> {
  return (await platform.authority()).issue({names: [hostname], days: daysOfCertificate})
}

/** A failure counts: the next try is later, and somebody is told in time. */
async function counted<T>(platform: Platform, input: IssueInput, asked: () => Promise<T>): Promise<T> {
  try {
    return await asked()
  } catch (thrown) {
    const notBefore = thrown instanceof Failure && thrown.facts.notBefore
    await noteFailedRenewal(platform.ledger, {
      hostname: input.hostname,
      at: platform.clock.now(),
      notBefore: typeof notBefore === 'string' ? Temporal.Instant.from(notBefore) : undefined,
      error: thrown instanceof Error ? thrown.message : String(thrown),
    })
    throw thrown
  }
}

async function fromAcme(platform: Platform, input: IssueInput, at: At): Promise<Fitting> {
  const authority = await acmeAuthority(platform)
  const {secrets} = platform
  const showing =
    authority.challenge === 'http-01'
      ? shownByEdges(platform, input, at)
      : shownByDns(authority, await secrets.get(acmeSecrets.dns))
  const {privateKey: key} = newServerKey()
  const keys = {account: await accountKey(platform), bound: await secrets.get(acmeSecrets.bound)}
  const chain = await certificateByAcme(authority, keys, {
    hostname: input.hostname,
    key,
    showing,
    tell: text => at.tell(text),
  })
  return fitting(platform, {input, chain, key, authority, operator: at.operator})
}

/** One account for all orders, made at the first. */
async function accountKey({secrets}: Platform): Promise<Secret> {
  const known = await secrets.get(acmeSecrets.account)
  if (known) return known
  const {privateKey} = newServerKey()
  await secrets.put(acmeSecrets.account, privateKey)
  return privateKey
}

interface Given {
  readonly input: IssueInput
  readonly chain: string
  readonly key: Secret
  readonly authority: AcmeAuthority
  readonly operator: string
}

/** What an authority gave is judged like what a customer gives. */
async function fitting({ledger, clock}: Platform, {input, chain, key, authority, operator}: Given): Promise<Fitting> {
  const {contract} = (await tenantNamed(ledger, input.tenant)) as {contract: Contract}
  const bundle = await readBundle([{name: 'what the authority gave', bytes: Buffer.from(withKey(chain, key).expose())}])
  const judgement = judge(bundle, {
    name: input.hostname,
    contractEnd: Temporal.PlainDate.from(contract.end),
    timeZone: contract.timeZone,
    roots: {public: publicRoots(), contract: authority.issues === undefined ? [] : [authority.issues]},
    derogation: renewalManaged(operator),
    at: clock.now(),
  })
  if (judgement.fitting) return judgement.fitting
  const refused = judgement.findings.filter(({severity}) => severity === 'refused')
  throw new Refusal(
    'certificate-unfit',
    `What the authority gave does not fit ${input.hostname}: ${refused.map(({sentence}) => sentence).join(' ')}`,
    {
      facts: {
        hostname: input.hostname,
        authority: authority.directory,
        refused: refused.map(({rule, sentence}) => ({rule, sentence})),
      },
      remedies: ['selfhelp certificate authority show'],
    },
  )
}
