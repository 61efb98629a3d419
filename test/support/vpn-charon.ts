import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Action, Answer, Question} from '../../src/machine/model.ts'
import {type ScriptedMachine, scriptedMachine} from '../../src/machine/scripted.ts'
import {Secret} from '../../src/secret/secret.ts'
import {answer, request, type Section} from '../../src/vpn/vici.ts'

/** What a charon holds, by the name of the connection. */
interface Charon {
  readonly loaded: readonly string[]
  readonly stamps: Readonly<Record<string, string>>
  /** The number of the traffic keys of what is up. */
  readonly up: Readonly<Record<string, number>>
  readonly cleared: number
  readonly silent: boolean
}

/** A scripted gateway: its charon takes what VICI brings, and every customer answers at once. */
export interface GatewayMachine extends ScriptedMachine {
  charon(): Charon
  /** No server answers through the tunnels any more. */
  fails(): void
}

const fresh: Charon = {loaded: [], stamps: {}, up: {}, cleared: 0, silent: false}

/** One that lives in that folder. */
export function gatewayMachine(name: string, folder: string): GatewayMachine {
  const machine = scriptedMachine(name, {file: join(folder, `${name}.json`)})
  const file = join(folder, `${name}-charon.json`)
  const read = (): Charon => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : fresh)
  const write = (charon: Charon) => writeFileSync(file, JSON.stringify(charon))
  return {
    ...machine,
    get there() {
      return machine.there
    },
    get effects() {
      return machine.effects
    },
    get roundTrips() {
      return machine.roundTrips
    },
    charon: read,
    fails: () => write({...read(), silent: true}),
    ask: async questions => questions.map(question => said(question, read())),
    act: async (id, actions, fence) => {
      const known = machine.effects.has(`act ${id}`)
      const answers = await machine.act(id, actions, fence)
      if (!known) write(actions.reduce(heard, read()))
      return answers
    },
  }
}

/** What an action makes of it: packets on stdin, the stamp after them; and what forgets. */
function heard(charon: Charon, {args, input}: Action): Charon {
  const [program, , , ...words] = args
  if (program === 'swanctl') return {...charon, cleared: charon.cleared + 1}
  if (program === 'rm') return {...charon, stamps: {}}
  if (!(input instanceof Secret)) return charon
  const packets = String(input.expose()).split('\n').filter(Boolean)
  const after = packets.reduce((so, hex) => packet(so, Buffer.from(hex, 'hex')), charon)
  const [, path, stamp] = words
  return path && stamp ? {...after, stamps: {...after.stamps, [nameIn(path)]: stamp}} : after
}

function packet(charon: Charon, bytes: Buffer): Charon {
  const length = bytes[1] ?? 0
  const command = bytes.toString('utf8', 2, 2 + length)
  const {message} = answer(Buffer.concat([Buffer.of(1), bytes.subarray(2 + length)]))
  const [first = ''] = Object.keys(message)
  const named = (key: string) => String(message[key])
  const without = (name: string) => Object.fromEntries(Object.entries(charon.up).filter(([each]) => each !== name))
  switch (command) {
    case 'load-conn':
      return {...charon, loaded: [...new Set([...charon.loaded, first])]}
    case 'unload-conn':
      return {...charon, loaded: charon.loaded.filter(each => each !== named('name'))}
    case 'terminate':
      return {...charon, up: without(named('ike'))}
    case 'initiate':
      return {...charon, up: {...charon.up, [named('child')]: 1}}
    case 'rekey':
      return {...charon, up: {...charon.up, [named('child')]: (charon.up[named('child')] ?? 0) + 1}}
    default:
      return charon
  }
}

function said({args}: Question, charon: Charon): Answer {
  const [program, , , ...packets] = args
  const out = (text: string): Answer => ({exit: 0, out: text, err: ''})
  if (program === 'date') return out('1000\n')
  if (program === 'tail') return out(`990 directory ${charon.silent ? 'no-answer' : 'passes'} 3\n`)
  if (program === 'cat') return out(charon.stamps[nameIn(args[1] ?? '')] ?? '')
  if (program !== 'perl') return out('')
  return out(
    packets.length === 0
      ? ''
      : eventsOf(charon)
          .map((hex, n) => `${n} ${hex}\n`)
          .join(''),
  )
}

function eventsOf({loaded, up}: Charon): readonly string[] {
  const child = (spi: number) => ({
    'self-help-1': {state: 'INSTALLED', 'bytes-in': '9', 'bytes-out': '9', 'spi-in': `${spi}`},
  })
  return [
    ...loaded.map(name => event('list-conn', {[name]: {version: 'IKEv2'}})),
    ...Object.entries(up).map(([name, spi]) =>
      event('list-sa', {[name]: {state: 'ESTABLISHED', 'child-sas': child(spi)}}),
    ),
  ]
}

function event(name: string, message: Section): string {
  return Buffer.concat([Buffer.of(7, name.length), Buffer.from(name), request('', message).subarray(2)]).toString('hex')
}

const nameIn = (path: string): string => path.split('/').at(-1) ?? ''
