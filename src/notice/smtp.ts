import {Readable} from 'node:stream'
import type {Temporal} from 'temporal-polyfill'
import type {RelayRow} from '../ledger/relay.ts'
import type {Secret} from '../secret/secret.ts'
import type {Outcome} from './model.ts'

/** One mail to one person. */
export interface Letter {
  readonly to: {readonly name: string; readonly email: string}
  readonly messageId: string
  readonly subject: string
  readonly body: string
  readonly html: string
  readonly invitation?: string | undefined
  readonly at: Temporal.Instant
}

export interface Sending {
  readonly relay: Pick<RelayRow, 'host' | 'port' | 'security' | 'account' | 'sender' | 'ca'>
  readonly password?: Secret | undefined
  readonly letter: Letter
  /**
   * Called when the server has said 354, before the first byte of the content: what it writes down is true whatever
   * happens next. False ends the exchange; then the server has nothing to deliver.
   */
  beforeContent(): Promise<boolean>
}

const seconds = 1000

/**
 * Gives a mail to a relay. STARTTLS is required where it was chosen, and certificates are checked. `uncertain` only when
 * the connection ended after the content had begun and before the server answered (RFC 5321 4.2.5, RFC 1047).
 */
export async function send(sending: Sending): Promise<Outcome> {
  const [{default: SmtpConnection}, raw] = await Promise.all([
    import('nodemailer/lib/smtp-connection'),
    written(sending),
  ])
  const {relay, password, letter} = sending
  const connection = new SmtpConnection({
    ...{
      host: relay.host,
      port: relay.port,
      secure: relay.security === 'smtps',
      requireTLS: relay.security === 'starttls',
    },
    ignoreTLS: relay.security === 'smtp',
    ...{connectionTimeout: 30 * seconds, greetingTimeout: 30 * seconds, socketTimeout: 300 * seconds},
    ...(relay.ca ? {tls: {ca: relay.ca}} : {}),
  })
  let begun = false
  const content = Readable.from(
    (async function* () {
      begun = await sending.beforeContent()
      if (!begun) throw new Error('it is no longer ours to send')
      yield raw
    })(),
    {objectMode: false},
  )
  try {
    await step(connection, done => connection.connect(done))
    const {account} = relay
    if (account) await step(connection, done => connection.login({user: account, pass: password?.expose() ?? ''}, done))
    const envelope = {from: relay.sender, to: [letter.to.email]}
    const info = await step<{response?: string}>(connection, done => connection.send(envelope, content, done))
    return {state: 'accepted', reply: line(info?.response)}
  } catch (thrown) {
    return outcomeOf(thrown, begun)
  } finally {
    connection.close()
  }
}

type Done<T> = (error?: Error | null, value?: T) => void

interface Hearing {
  on(name: 'error', hear: (error: Error) => void): unknown
  on(name: 'end', hear: () => void): unknown
}

/** One part of the exchange; an error of the connection, or its end, ends the part too. */
function step<T>(connection: Hearing, part: (done: Done<T>) => void): Promise<T | undefined> {
  const {promise, resolve, reject} = Promise.withResolvers<T | undefined>()
  connection.on('error', reject)
  connection.on('end', () => reject(new Error('the server closed the connection')))
  part((error, value) => (error ? reject(error) : resolve(value)))
  return promise
}

/** What a server's answer means for the one who waits for mail; a relay that is out of order is no fault of theirs. */
function outcomeOf(thrown: unknown, begun: boolean): Outcome {
  const {responseCode, response, command, message} = thrown as {
    responseCode?: number
    response?: string
    command?: string
    message?: string
  }
  const reply = line(response ?? message)
  if (begun && responseCode === undefined) return {state: 'uncertain', reply}
  const final =
    responseCode !== undefined && responseCode >= 500 && !/^(?:AUTH|CONN|EHLO|STARTTLS|API)/.test(command ?? '')
  return {state: final ? 'refused' : 'deferred', reply}
}

async function written({relay, letter}: Sending): Promise<Buffer> {
  const {default: MailComposer} = await import('nodemailer/lib/mail-composer')
  const {to, subject, body, html, invitation, messageId, at} = letter
  const composer = new MailComposer({
    from: relay.sender,
    to: {name: to.name, address: to.email},
    ...{subject, text: body, html, messageId, date: new Date(at.epochMilliseconds)},
    headers: {'Auto-Submitted': 'auto-generated'},
    ...(invitation
      ? {icalEvent: {method: methodOf(invitation), filename: 'maintenance.ics', content: invitation}}
      : {}),
  })
  return composer.compile().build()
}

function methodOf(invitation: string): string {
  return /^METHOD:(\w+)/m.exec(invitation)?.[1] ?? 'PUBLISH'
}

/** A server's answer as one line that can be kept. */
function line(text: string | undefined): string {
  return (text ?? '').replaceAll(/[^\P{C}]+/gu, ' ').slice(0, 500)
}
