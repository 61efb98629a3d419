import {X509Certificate} from 'node:crypto'
import {addressOf, type Environment} from '../environment/model.ts'
import {type Platform, type Served, servedAs} from '../environment/steps.ts'
import {type CodedError, Failure, Refusal} from '../error.ts'
import type {CertificateRow} from '../ledger/certificate.ts'
import {noteSight, sightsOf} from '../ledger/certificate-life.ts'
import type {At} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import type {Dial, Handshake} from '../tls/model.ts'
import {handshakeWith} from '../tls/steps.ts'
import {type Candidate, edgesOf, environmentOfName, missed, type Name} from './serving.ts'

/** From where the platform is looked at; its name is part of the proof. */
export interface Outside {
  readonly name: string
  readonly dial: Dial
  close(): Promise<void>
}

export interface Proving {
  readonly platform: Platform
  readonly name: Name
  readonly candidate: Candidate
  /** Begins looking; closed when the step is over. */
  outside(): Promise<Outside>
  /** Earlier looks do not count: what is served beside the certificate is another now. */
  readonly anew?: boolean
}

/**
 * A real handshake with each edge, from outside and under the name, gave exactly this certificate, chain and an allowed
 * protocol and suite. Throws `Refusal('handshake-differs')`, which takes the run back, when an edge serves anything else.
 */
export function proven({platform, name, candidate, outside, anew = false}: Proving): Fact {
  const {ledger, clock} = platform
  const looked = new WeakSet<At>()
  return {
    holds: async at => {
      if (anew && !looked.has(at)) return false
      const [row, environment] = await Promise.all([candidate(at), environmentOfName(platform, name)])
      const sights = await sightsOf(ledger, row.id)
      const edges = await edgesOf(platform, environment, row)
      return edges.every(edge => sights.some(({host, state}) => host === edge && state === 'proven'))
    },
    make: async at => {
      const [row, environment] = await Promise.all([candidate(at), environmentOfName(platform, name)])
      const edges = await edgesOf(platform, environment, row)
      const [from, {staple}] = await Promise.all([outside(), servedAs(platform, row)])
      try {
        const seen = await Promise.all(
          edges.map(async edge => ({edge, ...(await look(from, {environment, edge, row, staple}))})),
        )
        await missed(
          platform,
          {row, at},
          seen.map(one => ('shaken' in one ? {edge: one.edge, value: one.shaken} : one)),
        )
        for (const one of seen) {
          if (!('shaken' in one)) continue
          const proof = {from: from.name, ...told(one.shaken)}
          await noteSight(ledger, row.id, {host: one.edge, state: 'proven', at: clock.now(), proof})
          at.tell(`${one.edge} serves it to ${from.name}: ${one.shaken.protocol}, ${one.shaken.suite}`)
        }
        looked.add(at)
      } finally {
        await from.close()
      }
    },
  }
}

interface Looked {
  readonly environment: Environment
  readonly edge: string
  readonly row: CertificateRow
  readonly staple: Served['staple']
}

async function look(
  from: Outside,
  {environment, edge, row, staple}: Looked,
): Promise<{shaken: Handshake} | {away: Failure}> {
  const address = addressOf(environment, edge)
  try {
    const shaken = await handshakeWith(from.dial, {name: row.hostname, address, port: 443})
    const wrong = differences({...row, staple}, shaken)
    if (wrong.length > 0) throw differs({edge, row, from: from.name}, wrong)
    return {shaken}
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    if (thrown.code === 'address-unreachable') return {away: thrown}
    if (thrown.code === 'handshake-failed') throw differs({edge, row, from: from.name}, [thrown.message], thrown)
    throw thrown
  }
}

const protocols: readonly string[] = ['TLSv1.2', 'TLSv1.3']
/** Forward secret and authenticated: all of TLS 1.3, ECDHE with an AEAD of TLS 1.2 (R035, R036). */
const suite = /^TLS_(?:ECDHE_(?:ECDSA|RSA)_WITH_)?(?:AES_(?:128|256)_GCM|CHACHA20_POLY1305)_SHA(?:256|384)$/

/** What is not as it was installed, in sentences; none when it is. */
function differences(
  {chain, staple}: Pick<CertificateRow, 'chain'> & Pick<Served, 'staple'>,
  shaken: Handshake,
): readonly string[] {
  const installed = fingerprintsOf(chain)
  const served = shaken.chain.slice(0, Math.max(installed.length, 1))
  return [
    ...(shaken.fingerprint === installed[0]
      ? []
      : [`it serves the leaf ${shaken.fingerprint.slice(0, 16)}…, not ${installed[0]?.slice(0, 16)}…`]),
    ...(served.join() === installed.join()
      ? []
      : [`it serves a chain of ${shaken.chain.length}, not the ${installed.length} that were installed`]),
    ...(protocols.includes(shaken.protocol) ? [] : [`it agrees on ${shaken.protocol} (R031–R034)`]),
    ...(staple === undefined || shaken.staple === staple.response
      ? []
      : [`it gives ${shaken.staple ? 'another' : 'no'} word of the responder along`]),
    ...(suite.test(shaken.suite) ? [] : [`it agrees on ${shaken.suite} (R035, R036)`]),
  ]
}

function fingerprintsOf(chain: string): readonly string[] {
  const blocks = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map(pem => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase())
}

function told({protocol, suite, alpn, fingerprint, chain, stapled}: Handshake) {
  return {protocol, suite, alpn, fingerprint, chain, stapled}
}

function differs(
  {edge, row, from}: {edge: string; row: CertificateRow; from: string},
  wrong: readonly string[],
  cause?: CodedError,
): Refusal {
  return new Refusal(
    'handshake-differs',
    `${edge} does not serve ${row.hostname} as it was installed: ${wrong.join('; ')}.`,
    {
      facts: {edge, hostname: row.hostname, from, wrong},
      remedies: [`selfhelp certificate scan ${row.hostname}`],
      ...(cause ? {cause} : {}),
    },
  )
}
