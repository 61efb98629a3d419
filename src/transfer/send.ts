import {createHash} from 'node:crypto'
import {Readable} from 'node:stream'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Bug, CodedError, Refusal} from '../error.ts'
import {noteFinding, settleFinding} from '../event/steps.ts'
import {destinations, noteArrival, type TransferRow, transferOf} from '../ledger/transfer.ts'
import {enqueueNotice} from '../notice/steps.ts'
import type {At} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {contentFrom, madeAnew} from './archive.ts'
import type {courierTo} from './connect.ts'
import {type Access, type Courier, failed} from './courier.ts'
import {opening, secretsOf, shownPlace} from './model.ts'

/** The copy lies at the customer's under its name, whole, with its checksum and how to open it (R232). */
export function arrived(platform: Platform, which: () => Promise<Environment>, connect: typeof courierTo): Fact {
  const {ledger, clock} = platform
  return {
    holds: async at => (await transferOf(ledger, at.run))?.arrivedAt !== undefined,
    make: async at => {
      const environment = await which()
      const event = {kind: 'transfer-failed', subject: fullName(environment), tenant: environment.tenant}
      const row = await recent(platform, which, at)
      try {
        const access = await accessOf(platform, environment)
        const machine = await platform.machine(hostOf(environment, 'database'))
        await using courier = await connect(access)
        const sending = {row, access, content: (from: number) => contentFrom(machine, row, from)}
        await sent(courier, sending, at)
        await noteArrival(ledger, at.run, {at: clock.now(), place: shownPlace(access)})
        await settleFinding(ledger, event, clock.now())
      } catch (thrown) {
        if (thrown instanceof CodedError && thrown.kind !== 'bug') {
          const remedy = `selfhelp backup transfer ${fullName(environment)}`
          await noteFinding(ledger, {...event, remedy, detail: {sentence: thrown.message, run: at.run}}, clock.now())
          const trying = clock.now().since(row.madeAt).total('minutes')
          if (isTheirs(thrown, trying)) await mailed(platform, {environment, thrown, at})
        }
        throw thrown
      }
    },
  }
}

/** Days: a run that was stopped goes on at its next instant, and then sends what is there then. */
const oldest = 7

async function recent(platform: Platform, which: () => Promise<Environment>, at: At): Promise<TransferRow> {
  const needed = async () => {
    const row = await transferOf(platform.ledger, at.run)
    if (row === undefined) throw new Bug(`the run ${at.run} has made no copy`)
    return row
  }
  const row = await needed()
  if (platform.clock.now().since(row.madeAt).total('hours') < oldest * 24) return row
  at.tell(`${row.file} is too old to be sent: another copy is made`)
  await madeAnew(platform, which, at)
  return needed()
}

/** Minutes after which a server that does not take a copy is told to whom it belongs; most are back by then. */
const patience = 60

/** What is wrong at the customer's; what is wrong with us is no business of theirs, and names our hosts. */
const isTheirs = ({code}: CodedError, minutes: number): boolean =>
  code === 'transfer-refused' || (code === 'transfer-failed' && minutes >= patience)

interface Mailed {
  readonly environment: Environment
  readonly thrown: CodedError
  readonly at: Pick<At, 'run'>
}

/** The customer is told once for each run: it is their server (R232). */
async function mailed({ledger, clock}: Platform, {environment, thrown, at}: Mailed): Promise<void> {
  const {id, tenant} = environment
  const place = (await destinations(ledger)).find(one => one.environment === id)
  const [kind, roles] = ['transfer-failed' as const, ['operations', 'decision']]
  const text = thrown.kind === 'refusal' ? refusing : failing
  const what = place ? shownPlace(place) : '–'
  const notice = {event: `${kind}/${at.run}`, kind, tenant, roles, environment: fullName(environment), what, text}
  await ledger.transaction(tx => enqueueNotice(tx, {...notice, why: thrown.message}, clock.now()))
}

const refusing = {
  en: 'your server is another than was agreed, or does not let us in. Please tell us what has changed.',
  fr: "votre serveur n'est pas celui qui était convenu, ou ne nous laisse pas entrer. Dites-nous ce qui a changé.",
}
const failing = {
  en: 'your server could not be reached, or did not take the copy. Please look whether it is up and has room.',
  fr: "votre serveur est injoignable, ou n'a pas pris la copie. Vérifiez qu'il fonctionne et qu'il a de la place.",
}

export interface Sending {
  readonly row: Pick<TransferRow, 'file' | 'bytes' | 'sha256'>
  readonly access: Access
  content(from: number): Readable
}

/** Goes on where an earlier attempt ended; what is there is read back and compared before it gets its name. */
export async function sent(courier: Courier, {row, access, content}: Sending, at: Pick<At, 'tell'>): Promise<void> {
  const {file, bytes, sha256} = row
  const part = `${file}.part`
  const before = (await courier.size(part)) ?? 0
  const from = before > bytes ? 0 : before
  if (from > 0) at.tell(`going on after ${from} of ${bytes} bytes`)
  if (from < bytes || bytes === 0) await courier.write(part, from, content(from))
  at.tell('reading it back')
  const found = await courier.sum(part)
  if (found !== sha256) {
    // Begun anew: which part of it is wrong is not known.
    await courier.remove(part)
    throw failed(
      access,
      `what arrived is not what was sent (${found.slice(0, 12)}… instead of ${sha256.slice(0, 12)}…)`,
    )
  }
  await put(courier, `${file}.sha256`, `${sha256}  ${file}\n`)
  await put(courier, `${file}.txt`, howTo(file))
  await courier.rename(part, file)
  at.tell(`${file} is at ${shownPlace(access)}`)
}

async function put(courier: Courier, name: string, text: string): Promise<void> {
  await courier.write(name, 0, Readable.from([Buffer.from(text)]))
  if ((await courier.sum(name)) === createHash('sha256').update(text).digest('hex')) return
  await courier.write(name, 0, Readable.from([Buffer.from(text)]))
}

const howTo = (file: string) => `Self Help

FR  Copie de la base de données, chiffrée. KEY est le fichier de la clé, remise séparément.
EN  A copy of the database, encrypted. KEY is the file with the key, which is given separately.

    sha256sum -c ${file}.sha256
    ${opening(file)}
`

async function accessOf({ledger, secrets}: Platform, environment: Environment): Promise<Access> {
  const row = (await destinations(ledger)).find(one => one.environment === environment.id)
  const secret = row && (await secrets.get(secretsOf(environment.id).access))
  if (row !== undefined && secret !== undefined) return {...row, secret}
  const name = fullName(environment)
  throw new Refusal('transfer-unfit', `The copy of ${name} has no destination any more; it was not sent.`, {
    remedies: [`selfhelp backup destination ${name} --to …`],
  })
}
