import type {Duplex} from 'node:stream'
import {Failure} from '../error.ts'
import {type Answer, AnswerReader, sslv2Answer} from './answer.ts'
import {clientHello, type HelloWanted, type RecordProtocol, sslv2Hello} from './hello.ts'
import type {Dial, OfferedSuite, Protocol, Target} from './model.ts'
import {codeOf, namedGroups, newSuites, oldSuites, suiteName, suites} from './registry.ts'

/** What a server agrees to, by asking for everything there is. */
export interface Enumerated {
  readonly protocols: readonly Protocol[]
  readonly suites: readonly OfferedSuite[]
  readonly groups: readonly string[]
  /** DER as it was sent, the leaf first; only up to TLS 1.2 can it be read. */
  readonly chain: readonly Buffer[] | undefined
  /** Answers a client that names no host, or another, with a certificate. */
  readonly answersUnknown: boolean
}

/** Connections at once: a scan is no load. */
const atOnce = 8
/** Suites in one hello: some servers choke on more. */
const inOneHello = 128
const within = 4_000

/**
 * Everything one edge node offers for one name. Throws what `dial` throws, and `Failure('handshake-failed')` when the node
 * leaves a hello without any answer: silence proves nothing.
 */
export async function enumerate(dial: Dial, target: Target): Promise<Enumerated> {
  const asker = askerOf(dial, target)
  const [ssl2, ...found] = await Promise.all([
    oldOffers(asker),
    ...recordProtocols.map(protocol => suitesOf(asker, protocol)),
  ])
  const offered = [...ssl2, ...found.flat()]
  const protocols = [...new Set(offered.map(({protocol}) => protocol))]
  const best = [...recordProtocols].reverse().find(protocol => protocols.includes(protocol))
  const [groups, chain, answersUnknown] = await Promise.all([
    best ? groupsOf(asker, best, offered) : [],
    chainOf(asker, protocols),
    unknownAnswered(asker),
  ])
  return {protocols, suites: offered, groups, chain, answersUnknown}
}

const recordProtocols = ['SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const
const everyGroup = [...namedGroups.keys()]
const codes = suites.map(({code}) => code)
const newCodes = newSuites.map(({code}) => code)

interface Asker {
  hello(wanted: Partial<HelloWanted> & Pick<HelloWanted, 'protocol' | 'suites'>, untilKey?: boolean): Promise<Answer>
  raw(bytes: Buffer, enough: (bytes: Buffer) => boolean): Promise<Buffer>
}

/** Of each version: whatever is agreed on is taken out, and the rest asked for again, until nothing is. */
async function suitesOf(asker: Asker, protocol: RecordProtocol): Promise<OfferedSuite[]> {
  const all = protocol === 'TLSv1.3' ? newCodes : codes
  const parts = Array.from({length: Math.ceil(all.length / inOneHello)}, (_, at) =>
    all.slice(at * inOneHello, (at + 1) * inOneHello),
  )
  const found = await Promise.all(parts.map(part => eliminate(asker, protocol, part)))
  return found.flat().map(code => ({protocol, name: suiteName(code), code: codeOf(code)}))
}

async function eliminate(asker: Asker, protocol: RecordProtocol, part: readonly number[]): Promise<number[]> {
  const found: number[] = []
  for (let rest = [...part]; rest.length > 0; ) {
    const suite = await agreedSuite(asker, protocol, rest)
    if (suite === undefined || !rest.includes(suite)) return found
    found.push(suite)
    rest = rest.filter(code => code !== suite)
  }
  return found
}

async function agreedSuite(
  asker: Asker,
  protocol: RecordProtocol,
  rest: readonly number[],
): Promise<number | undefined> {
  const answer = await asker.hello({protocol, suites: rest, groups: everyGroup})
  if (answer.kind === 'agreed') return answer.protocol === protocol ? answer.suite : undefined
  // SSLv3 knows no extensions; who refuses them may still take a bare hello.
  if (protocol !== 'SSLv3') return undefined
  const bare = await asker.hello({protocol, suites: rest, bare: true})
  return bare.kind === 'agreed' && bare.protocol === protocol ? bare.suite : undefined
}

async function oldOffers(asker: Asker): Promise<OfferedSuite[]> {
  const bytes = await asker.raw(sslv2Hello(oldSuites.map(({code}) => code)), got => sslv2Answer(got) !== undefined)
  return (sslv2Answer(bytes) ?? []).map(code => ({protocol: 'SSLv2', name: suiteName(code), code: codeOf(code)}))
}

/** In TLS 1.3 a hello without a key makes the server name a group; before, its key exchange does. */
async function groupsOf(asker: Asker, protocol: RecordProtocol, offered: readonly OfferedSuite[]): Promise<string[]> {
  const own = offered.filter(each => each.protocol === protocol && /TLS_AES|TLS_CHACHA|ECDHE/.test(each.name))
  const wanted = own.map(({code}) => Number(code))
  const found: number[] = []
  for (let rest = everyGroup; rest.length > 0 && wanted.length > 0; ) {
    const answer = await asker.hello({protocol, suites: wanted, groups: rest}, true)
    const group = answer.kind === 'agreed' ? answer.group : undefined
    if (group === undefined || !rest.includes(group)) break
    found.push(group)
    rest = rest.filter(each => each !== group)
  }
  return found.map(group => namedGroups.get(group) ?? codeOf(group))
}

async function chainOf(asker: Asker, protocols: readonly Protocol[]): Promise<readonly Buffer[] | undefined> {
  const [clear] = recordProtocols.filter(each => each !== 'TLSv1.3' && protocols.includes(each)).reverse()
  if (clear === undefined) return undefined
  const answer = await asker.hello({protocol: clear, suites: codes, groups: everyGroup}, true)
  return answer.kind === 'agreed' ? answer.chain : undefined
}

/** Nobody's name, and none at all (strict-sni). */
async function unknownAnswered(asker: Asker): Promise<boolean> {
  const hellos = (['TLSv1.2', 'TLSv1.3'] as const).flatMap(protocol => {
    const hello = {protocol, suites: protocol === 'TLSv1.3' ? newCodes : codes, groups: everyGroup}
    return [asker.hello({...hello, name: 'unknown.invalid'}), asker.hello({...hello, name: ''})]
  })
  return (await Promise.all(hellos)).some(({kind}) => kind === 'agreed')
}

function askerOf(dial: Dial, target: Target): Asker {
  const turn = turnsOf(atOnce)
  const raw: Asker['raw'] = (bytes, enough) =>
    turn(async () => exchange(await dial(target.address, target.port), {target, bytes, enough}))
  return {
    raw,
    hello: async (wanted, untilKey = false) => {
      const reader = new AnswerReader({untilKey})
      const {name = target.name, ...rest} = wanted
      const hello = clientHello({...rest, ...(name === '' ? {} : {name})})
      let read = 0
      await raw(hello, got => {
        reader.take(got.subarray(read))
        read = got.length
        return reader.answer !== undefined
      })
      reader.end('it hung up')
      return reader.answer ?? {kind: 'refused', why: 'it hung up'}
    },
  }
}

interface Exchange {
  readonly target: Target
  readonly bytes: Buffer
  readonly enough: (bytes: Buffer) => boolean
}

/** Sends, and reads until it is enough or the far side ends; a reset is an end. */
function exchange(socket: Duplex, {target, bytes, enough}: Exchange): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let got = Buffer.alloc(0)
    const end = (outcome: () => void) => {
      clearTimeout(late)
      socket.destroy()
      outcome()
    }
    const late = setTimeout(() => end(() => reject(silent(target))), within)
    socket.on('data', part => {
      got = Buffer.concat([got, part])
      if (enough(got)) end(() => resolve(got))
    })
    socket.once('end', () => end(() => resolve(got)))
    socket.once('error', () => end(() => resolve(got)))
    socket.once('close', () => end(() => resolve(got)))
    socket.write(bytes)
  })
}

/** Runs so many at once, the others in turn. */
function turnsOf(many: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = many
  const waiting: (() => void)[] = []
  return async work => {
    if (free === 0) await new Promise<void>(resolve => waiting.push(resolve))
    else free--
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}

function silent({name, address, port}: Target): Failure {
  return new Failure('handshake-failed', `${name} at ${address}, port ${port}, leaves a hello without any answer.`, {
    facts: {name, address, port, seconds: within / 1_000},
  })
}
