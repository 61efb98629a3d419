import type {Held} from './charon.ts'
import {type Fault, failures, type Layer, rekeyFailures} from './failure.ts'
import type {Vpn} from './model.ts'

/** What a server said to the newest probe. */
export interface Probed {
  readonly server: string
  /** `passes`, `refused`, `no-answer`, `no-route`, `forbidden`, `no-address`. */
  readonly result: string
  readonly milliseconds: number
  /** Seconds ago. */
  readonly secondsAgo: number
}

/** Everything that is known of a tunnel at one moment. */
export interface Seen {
  /** Undefined for a private line, and when charon did not answer. */
  readonly held?: Held | undefined
  /** What the kernel says of a private line's interface. */
  readonly line?: 'up' | 'down' | 'missing'
  /** Why charon was not heard. */
  readonly silent?: string
  /** Whether charon holds what was agreed. */
  readonly asAgreed: boolean
  readonly probes: readonly Probed[]
  /** What charon wrote about it, the oldest first. */
  readonly log: readonly string[]
}

export type State = 'up' | 'degraded' | 'down'

/** A probe each 30 s takes 5 s at most; older than this and nobody probes any more. */
const stale = 100

/** Says how a tunnel is, which layer is wrong and whose end it probably is; pure. */
export function diagnose({spec}: Vpn, seen: Seen): {state: State; fault?: Fault} {
  const {held, silent, probes, line = 'up'} = seen
  if (silent !== undefined) return down({layer: 'gateway', side: 'ours', sentence: silent})
  const fresh = probes.filter(({secondsAgo}) => secondsAgo <= stale)
  const passing = fresh.filter(({result}) => result === 'passes' || result === 'refused')
  if (spec.line && line !== 'up') return down(lineFault(spec.line, line))
  if (spec.peer && held && !isUp(held)) return down(untied(seen))
  if (fresh.length === 0)
    return degraded({
      layer: 'gateway',
      side: 'ours',
      sentence: 'Nobody probes the tunnel: look at selfhelp-vpn-probe.timer on the gateway.',
    })
  if (passing.length === 0) return down(silentTraffic(seen, fresh, spec.line ? 'line' : 'tunnel'))
  const worst = fresh.find(({result}) => result !== 'passes')
  if (worst) return degraded(serverFault(worst))
  const stuck = rekeyFailures.find(({says}) => sinceUp(seen.log).some(line => says.test(line)))
  if (stuck) return degraded(fault(stuck))
  if (!seen.asAgreed) return degraded(differs)
  return {state: 'up'}
}

/** While keys are being replaced the tunnel carries traffic: rekeying counts as up. */
function isUp({tunnels}: Held): boolean {
  const childUp = /^(?:INSTALLED|REKEYING|REKEYED)$/
  return tunnels.some(
    ({state, children}) =>
      /^(?:ESTABLISHED|REKEYING|REKEYED)$/.test(state) && children.some(child => childUp.test(child.state)),
  )
}

const differs: Fault = {
  layer: 'configuration',
  side: 'ours',
  sentence: 'The gateway holds something else than was agreed: selfhelp vpn plan says what, vpn apply mends it.',
}

const proves = new Set<Layer>(['authentication', 'identity', 'certificate'])

/** What was written before the tunnel last came up was mended. */
function sinceUp(log: readonly string[]): string[] {
  return log.slice(log.findLastIndex(line => /CHILD_SA \S+ established/.test(line)) + 1)
}

/** Why there is no tunnel: what is loaded first, then the newest line that tells. */
function untied({held, asAgreed, log}: Seen): Fault {
  if (held?.connection === undefined || !asAgreed) return differs
  const telling = sinceUp(log)
    .reverse()
    .flatMap(line => failures.find(({says}) => says.test(line)) ?? [])
  // What the other end refuses it does not explain; what it showed when it called us may.
  const known = telling[0]?.vague
    ? (telling.find(({vague, layer}) => !vague && proves.has(layer)) ?? telling[0])
    : telling[0]
  if (known) return fault(known)
  return {
    layer: 'reach',
    side: 'between',
    sentence: 'There is no tunnel, and nothing was said about it in the last minutes: it is called again each 30 s.',
  }
}

function lineFault({interface: name, carrier}: {interface: string; carrier: string}, found: 'down' | 'missing'): Fault {
  if (found === 'missing')
    return {layer: 'reach', side: 'ours', sentence: `Our gateway has no interface ${name}, where the line ends.`}
  return {
    layer: 'reach',
    side: 'between',
    sentence: `The line's interface ${name} has no carrier: a cable, or ${carrier}.`,
  }
}

function silentTraffic({held}: Seen, probes: readonly Probed[], link: 'tunnel' | 'line'): Fault {
  const results = new Set(probes.map(({result}) => result))
  if (results.has('forbidden'))
    return {
      layer: 'traffic',
      side: 'ours',
      sentence: "Our gateway's own firewall refuses the probes: selfhelp host drift on it.",
    }
  if (results.has('no-address'))
    return {
      layer: 'traffic',
      side: 'ours',
      sentence: 'Our gateway has lost its address in the tunnel; it is given anew each 30 s.',
    }
  if (results.has('no-route') && link === 'line')
    return {
      layer: 'traffic',
      side: 'ours',
      sentence: 'Our gateway has no way to their networks through the line; it is laid anew each 30 s.',
    }
  const children = held?.tunnels.flatMap(({children}) => children) ?? []
  const received = children.reduce((sum, {bytesIn}) => sum + bytesIn, 0)
  if (held && received === 0)
    return {
      layer: 'traffic',
      side: 'theirs',
      sentence:
        'The tunnel stands, but nothing has ever come back through it: their device or a firewall behind it drops our traffic, or their servers know no way back to our address.',
    }
  return {
    layer: 'traffic',
    side: 'theirs',
    sentence: `The ${link} stands, but no server answers through it: a firewall or route behind their device, or their device is gone without a word.`,
  }
}

function serverFault({server, result}: Probed): Fault {
  if (result === 'refused')
    return {
      layer: 'server',
      side: 'theirs',
      sentence: `Traffic passes, but ${server} refuses the connection: its service is down.`,
    }
  return {
    layer: 'server',
    side: 'theirs',
    sentence: `Traffic passes, but ${server} does not answer (${result}): the server is down, or a firewall of theirs is before it.`,
  }
}

const fault = ({layer, side, sentence}: Fault): Fault => ({layer, side, sentence})
const down = (found: Fault) => ({state: 'down', fault: found}) as const
const degraded = (found: Fault) => ({state: 'degraded', fault: found}) as const
