import {Temporal} from 'temporal-polyfill'
import type {Clock} from '../clock.ts'
import type {Contract} from '../contract/model.ts'
import {asEnvironment, type Environment, fullName} from '../environment/model.ts'
import {namesOf} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {keysOfOthers, servedCertificate, sightsOf} from '../ledger/certificate-life.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import {setting} from '../ledger/setting.ts'
import {tenantNamed} from '../ledger/tenant.ts'
import type {Secret} from '../secret/secret.ts'
import {judgeFiles} from './check.ts'
import type {InstallInput, NameInput} from './install.ts'
import type {IssueInput} from './issue.ts'
import type {Derogation, Fitting, Judgement} from './model.ts'
import type {RevokeInput} from './revoke.ts'

export interface Beginning {
  readonly ledger: Ledger
  readonly secrets: SecretStore
  readonly clock: Clock
}

export interface InstallTyped {
  /** `acme`, which is its production, or `acme/qualification`. */
  readonly target: string
  readonly hostname: string | undefined
  readonly files: readonly string[]
  readonly password?: Secret | undefined
  readonly roots: readonly string[]
  /** Who answers for a rule that is knowingly not kept. */
  readonly derogation: string | undefined
}

export interface Begun {
  readonly input: InstallInput
  readonly judgement: Judgement
  /** It is served already; these edges have not got it yet. */
  readonly served: {readonly missing: readonly string[]} | undefined
}

/**
 * Judges the files by every rule and says what a run would work on; changes nothing. Throws `Refusal('certificate-unfit')`
 * with every finding, `Refusal('not-found')`, `Refusal('input-invalid')`.
 */
export async function beginInstall({ledger, clock}: Beginning, typed: InstallTyped): Promise<Begun> {
  const name = await nameTyped(ledger, typed)
  const judgement = await judgeFiles({...(await asked(ledger, name, typed)), at: clock.now()})
  const fitting = judgement.fitting
  if (!fitting) throw unfit(name, judgement)
  const {fingerprint, chain, issuer, notBefore, notAfter} = fitting
  const keySecret = `certificate/${name.hostname}/${fingerprint.slice(0, 16)}`
  const derogation = derogated(judgement, typed)
  const brought = {
    ...{chain, keySecret, fingerprint, issuer, source: 'customer' as const},
    notBefore: notBefore.toString(),
    notAfter: notAfter.toString(),
    ...(derogation ? {derogation} : {}),
  }
  return {input: {...name, brought}, judgement, served: await servedAlready(ledger, name, fitting)}
}

/** Seals the key where the run will look for it; the same again changes nothing. */
export async function sealKey({secrets}: Beginning, {input, judgement}: Begun): Promise<void> {
  if (judgement.fitting) await secrets.put(input.brought.keySecret, judgement.fitting.key)
}

/** What issuing would work on: by the authority that was set, else by our own. Throws `Refusal('not-found')`. */
export async function beginIssue(
  ledger: Ledger,
  {by, ...typed}: {target: string; hostname?: string | undefined; by?: IssueInput['by'] | undefined},
): Promise<IssueInput> {
  const name = await nameTyped(ledger, typed)
  const served = await servedCertificate(ledger, name.hostname)
  const acme = (await setting(ledger, 'acme-authority')) !== undefined
  return {...name, by: by ?? (acme ? 'acme' : 'internal'), after: served?.fingerprint}
}

/** What revoking would work on. Throws `Refusal('not-found')`, also for a name that has no certificate. */
export async function beginRevoke(
  ledger: Ledger,
  {code, ...typed}: {target: string; hostname: string; code: number},
): Promise<RevokeInput> {
  const {after, ...input} = await beginIssue(ledger, typed)
  if (after !== undefined) return {...input, after, code}
  throw new Refusal('not-found', `${typed.hostname} has no certificate.`, {remedies: ['selfhelp certificate list']})
}

/** The environment and name that are meant. Throws `Refusal('not-found')` with the names there are. */
async function nameTyped(
  ledger: Ledger,
  {target, hostname}: {target: string; hostname?: string | undefined},
): Promise<NameInput> {
  const [tenant = '', named] = target.split('/')
  const all = (await environmentsOf(ledger, tenant)).map(asEnvironment)
  const among = named === undefined ? all : all.filter(({name}) => name === named)
  const found = among.find(one =>
    hostname === undefined ? true : namesOf(one).some(name => name.hostname === hostname),
  )
  if (!found) throw unknown(target, hostname, all)
  return {tenant, id: found.id, environment: fullName(found), hostname: hostname ?? found.hostnames.presentation}
}

function unknown(target: string, hostname: string | undefined, all: readonly Environment[]): Refusal {
  const what =
    hostname === undefined ? `There is no environment ${target}.` : `${target} does not answer to ${hostname}.`
  const names = all.flatMap(one => namesOf(one).map(name => name.hostname))
  const remedies =
    names.length > 0
      ? [`Names there are: ${names.join(', ')}`, 'selfhelp domain add TENANT NAME']
      : ['selfhelp environment list']
  return new Refusal('not-found', what, {facts: {target, hostname, names}, remedies})
}

async function asked(
  ledger: Ledger,
  {tenant, hostname}: NameInput,
  {files, password, roots, derogation}: InstallTyped,
) {
  const row = await tenantNamed(ledger, tenant)
  const contract = row?.contract as Contract
  return {
    ...{files, password, roots, name: hostname, timeZone: contract.timeZone},
    contractEnd: Temporal.PlainDate.from(contract.end),
    mostDays: contract.options.certificateDays,
    usedKeys: await keysOfOthers(ledger, tenant),
    derogation: derogation === undefined ? undefined : answeredFor(derogation),
  }
}

const answeredFor = (owner: string): Derogation => ({rule: 'R030', why: 'renewal managed', owner})

/** Only a rule that it does not keep is derogated. */
function derogated({findings}: Judgement, {derogation}: InstallTyped): Derogation | undefined {
  return derogation !== undefined && findings.some(({severity}) => severity === 'derogated')
    ? answeredFor(derogation)
    : undefined
}

async function servedAlready(ledger: Ledger, {hostname}: NameInput, {fingerprint}: Fitting) {
  const row = await servedCertificate(ledger, hostname)
  if (row?.fingerprint !== fingerprint) return undefined
  const missing = (await sightsOf(ledger, row.id)).flatMap(({host, state}) => (state === 'missing' ? [host] : []))
  return {missing}
}

function unfit({hostname}: NameInput, {findings}: Judgement): Refusal {
  const refused = findings.filter(({severity}) => severity === 'refused')
  return new Refusal(
    'certificate-unfit',
    `The certificate does not fit ${hostname}: ${refused.map(({sentence}) => sentence).join(' ')} Nothing was changed.`,
    {
      facts: {
        hostname,
        findings: refused.map(({rule, source, subject, sentence}) => ({rule, source, subject, sentence})),
      },
      remedies: [...new Set(refused.map(({remedy}) => remedy))],
    },
  )
}
