import type {Platform} from '../environment/steps.ts'
import {CodedError} from '../error.ts'
import type {Answer, Question} from '../machine/model.ts'
import {askCharon, type Held, heldIn, isLoaded, stampFor} from './charon.ts'
import {diagnose, type Probed, type Seen, type State} from './diagnose.ts'
import {drifts} from './drift.ts'
import type {Fault} from './failure.ts'
import {credentialsOf} from './key.ts'
import {connectionName, type Vpn, vpnName} from './model.ts'
import {type Placed, placed} from './place.ts'
import {at} from './wanted.ts'

/** How a VPN is now. */
export interface VpnStatus {
  readonly vpn: string
  readonly gateway: string
  readonly state: State
  /** Which layer is wrong, whose end it probably is, and what that means. */
  readonly fault?: Fault
  readonly tunnels: Held['tunnels']
  readonly probes: readonly Probed[]
  /** What charon holds otherwise than was agreed. */
  readonly drift: readonly string[]
}

/** Asks the gateway once; nothing is changed. Throws `Refusal('not-found')`. */
export async function vpnStatus(platform: Platform, name: string): Promise<VpnStatus> {
  const place = await placed(platform, name)
  const {vpn} = place
  const about = {vpn: vpnName(vpn.spec), gateway: vpn.gateway}
  const found = await seenOf(platform, place).catch(silence)
  if ('silent' in found)
    return {
      ...about,
      ...diagnose(vpn, {...found, asAgreed: false, probes: [], log: []}),
      tunnels: [],
      probes: [],
      drift: [],
    }
  const {held, asAgreed, drift, probes, log, line} = found
  return {
    ...about,
    ...diagnose(vpn, {held, asAgreed, probes, log, ...(line ? {line} : {})}),
    tunnels: held?.tunnels ?? [],
    probes,
    drift,
  }
}

/** Seconds of log that count: older troubles are mended or said again. */
const logged = 300

async function seenOf(platform: Platform, {vpn, ours}: Placed) {
  const machine = await platform.machine(vpn.gateway)
  const name = connectionName(vpn.spec)
  const [charon, stamp, now, probed, own, callers, link] = await machine.ask([...askCharon(name), ...questions(vpn)])
  const credentials = await credentialsOf(platform, vpn.spec)
  const probes = probesIn(probed, Number(now?.out.trim()))
  if (!vpn.spec.peer) return {probes, log: [], asAgreed: true, drift: [], line: lineIn(link)}
  const held = heldIn(name, [charon, stamp])
  const drift = drifts(vpn, ours, held)
  const asAgreed = credentials !== undefined && drift.length === 0 && isLoaded(held, stampFor(vpn, ours, credentials))
  return {held, probes, drift, asAgreed, log: linesAbout(vpn, [own, callers], Number(now?.out.trim()))}
}

function questions({spec}: Vpn): readonly Question[] {
  const name = connectionName(spec)
  const journal = (...words: readonly string[]): Question => {
    return {ask: 'run', args: ['journalctl', '-o', 'short-unix', '--no-pager', '-q', '-n', '200', ...words]}
  }
  return [
    {ask: 'run', args: ['date', '+%s']},
    {ask: 'run', args: ['tail', '-n', `${spec.servers.length}`, at.probed(name)]},
    journal(`IKE_SA_NAME=${name}`),
    journal('-u', 'strongswan.service', '-g', 'matching peer config|peer configs matching'),
    ...(spec.line ? [{ask: 'run', args: ['cat', `/sys/class/net/${spec.line.interface}/operstate`]}] : []),
  ]
}

/** An interface may not tell (`unknown`): it counts as up, and the probes decide. */
function lineIn(answer: Answer | undefined): Seen['line'] {
  if (answer?.exit !== 0) return 'missing'
  return /^(?:down|lowerlayerdown|notpresent)$/.test(answer.out.trim()) ? 'down' : 'up'
}

function probesIn(answer: Answer | undefined, now: number): readonly Probed[] {
  return (answer?.out ?? '')
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const [seconds, server = '', result = '', milliseconds] = line.split(' ')
      return {server, result, milliseconds: Number(milliseconds), secondsAgo: now - Number(seconds)}
    })
}

/** Before a caller has said who it is, its lines have no name: those count only where they name this peer's address. */
function linesAbout({spec}: Vpn, [own, callers]: readonly (Answer | undefined)[], now: number): readonly string[] {
  // The journal tells what it searched for the newest first.
  const called = [...linesIn(callers)].sort((a, b) => a.seconds - b.seconds)
  const strangers = called.filter(({text}, n, all) => {
    const before = all[n - 1]?.text ?? ''
    return text.startsWith('no matching') && before.includes(`...${spec.peer?.address}[`)
  })
  return [...linesIn(own), ...strangers]
    .filter(({seconds}) => now - seconds <= logged)
    .sort((a, b) => a.seconds - b.seconds)
    .map(({text}) => text)
}

function linesIn(answer: Answer | undefined): readonly {readonly seconds: number; readonly text: string}[] {
  return (answer?.out ?? '').split('\n').flatMap(line => {
    const [, seconds, text] = /^(\d+\.\d+) \S+ [^:]*: (.*)$/.exec(line) ?? []
    return text === undefined ? [] : [{seconds: Number(seconds), text}]
  })
}

function silence(thrown: unknown): {readonly silent: string} {
  if (!(thrown instanceof CodedError) || thrown.kind !== 'failure') throw thrown
  return {silent: thrown.message}
}
