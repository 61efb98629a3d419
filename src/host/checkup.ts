import type {Clock} from '../clock.ts'
import {Failure} from '../error.ts'
import type {Host} from './model.ts'
import {inside, type Ways} from './ways.ts'

/** What a host says of itself from day to day. */
export interface Checkup {
  /** Its clock against ours. */
  readonly offsetSeconds: number
  /** The most that the offset can be wrong by. */
  readonly uncertainSeconds: number
  readonly diskFreePercent: number
  /** `12.11` */
  readonly debian: string
  readonly listening: readonly {readonly on: string; readonly port: number}[]
}

/** Asks a host how it is; one exchange. Throws `Refusal('host-key-changed')`, `Failure` `host-unreachable`, `answer-unreadable`. */
export async function checkup(ways: Ways, clock: Clock, host: Host): Promise<Checkup> {
  return inside(ways.enter(host), async machine => {
    const ask = (...args: readonly string[]) => ({ask: 'run', args})
    // Connecting takes longer than answering; only the answer tells the time.
    await machine.ask([ask('true')])
    const before = seconds(clock)
    const [date, disk, debian, sockets] = await machine.ask([
      ask('date', '+%s.%N'),
      ask('df', '-Pk', '/'),
      ask('cat', '/etc/debian_version'),
      ask('ss', '-Hltn'),
    ])
    const after = seconds(clock)
    return {
      offsetSeconds: told(host, date?.out) - (before + after) / 2,
      uncertainSeconds: (after - before) / 2,
      diskFreePercent: freePercent(disk?.out ?? ''),
      debian: debian?.out.trim() ?? '',
      listening: listeners(sockets?.out ?? ''),
    }
  })
}

function told({name}: Host, date = ''): number {
  if (/^\d{1,15}\.\d+\n$/.test(date)) return Number(date)
  const facts = {host: name, of: 'date', read: date.slice(0, 80)}
  throw new Failure('answer-unreadable', `${name}, asked for its clock, gave no answer to it.`, {facts})
}

const seconds = (clock: Clock): number => clock.now().epochMilliseconds / 1000

/** Of `df -Pk`, whose last column but one says how much is used. */
function freePercent(text: string): number {
  const used = /\s(\d+)%\s/.exec(text.trim().split('\n').at(-1) ?? '')?.[1]
  return used === undefined ? 0 : 100 - Number(used)
}

/** Of `ss -Hltn`: the fourth column, `127.0.0.1:20000`. */
function listeners(text: string): Checkup['listening'] {
  return text.split('\n').flatMap(line => {
    const found = /^(.*):(\d+)$/.exec(line.trim().split(/\s+/)[3] ?? '')
    return found ? [{on: found[1] ?? '', port: Number(found[2])}] : []
  })
}
