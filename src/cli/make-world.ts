import {systemClock} from '../clock.ts'
import type {Entered} from '../host/ways.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {Request, Signed} from '../operator/model.ts'
import type {Signing} from '../operator/sign.ts'
import type {MayStart} from '../runbook/model.ts'
import type {Interruption} from '../terminal/interruption.ts'
import {progressOn} from '../terminal/progress.ts'
import type {Streams} from '../terminal/streams.ts'
import type {World} from '../world.ts'
import {homeOf} from './home.ts'

export interface Given {
  readonly env: NodeJS.ProcessEnv
  readonly streams: Streams
  readonly interruption: Interruption
  /** With `--json` nothing talks. */
  readonly quiet: boolean
  /** `--operator-key`. */
  readonly operatorKey?: string | undefined
  readonly rehearsal?: boolean
}

/** The real world of a command. */
export function makeWorld({env, streams, interruption, quiet, operatorKey, rehearsal = false}: Given): World {
  const home = homeOf(env, process.getuid?.() ?? 0)
  let ledger: Promise<Ledger> | undefined
  const openedLedger = () => {
    ledger ??= openedFor({home, env, rehearsal})
    return ledger
  }
  const secrets = async () => {
    const [{secretStore}, {keyFileOf}] = await Promise.all([
      import('../ledger/secret-store.ts'),
      import('../secret/key-file.ts'),
    ])
    return secretStore(await openedLedger(), keyFileOf(home, env))
  }
  const clock = systemClock
  const anchors = async () => (await import('../ledger/anchor.ts')).anchorsIn(await secrets())
  const sign = signerOf({home, env, clock, keyFile: operatorKey}, {ledger: openedLedger, anchors})
  const verify = verifierOf({ledger: openedLedger, anchors})
  const hosts = hostsOf({ledger: openedLedger, secrets, anchors, clock})
  const world: World = {
    clock,
    env,
    home,
    streams,
    progress: progressOn(streams.err, {quiet}),
    interruption,
    rehearsal,
    ledger: openedLedger,
    secrets,
    anchors,
    mutate: async ({subject, tenant, request}, work) => {
      const [{mutate}, signed] = await Promise.all([import('../operator/mutate.ts'), sign(request)])
      return mutate({subject, tenant, signed, ledger: await openedLedger(), clock, rehearsal}, work)
    },
    ...hosts,
    sign,
    verify,
    mayStart: calendarOf(openedLedger, verify),
    enqueue: async asked => (await import('./enqueue.ts')).enqueueRun(world, asked),
    // One that could not be opened has said so already.
    close: async () => {
      await hosts.close()
      await (await ledger?.catch(() => undefined))?.close()
    },
  }
  return world
}

async function openedFor({home, env, rehearsal}: Pick<World, 'home' | 'env' | 'rehearsal'>): Promise<Ledger> {
  const ledger = await (await import('../ledger/open.ts')).openLedger({home, env})
  return rehearsal ? (await import('../ledger/rehearsal.ts')).rehearsed(ledger) : ledger
}

type Trusting = Pick<World, 'ledger' | 'anchors'>

function verifierOf({ledger, anchors}: Trusting): World['verify'] {
  return async (request, signature) => {
    const {verifyRequest} = await import('../operator/verify.ts')
    await verifyRequest({ledger: await ledger(), anchors: await anchors()}, request, signature)
  }
}

function calendarOf(ledger: World['ledger'], verify: World['verify']): MayStart {
  return async (change, environments, at) => {
    if (environments.length === 0) return
    const {mayStartBy} = await import('../calendar/may-start.ts')
    await mayStartBy({ledger: await ledger(), verify})(change, environments, at)
  }
}

/** Each request is signed once, however often it is asked for. */
function signerOf(given: Omit<Signing, 'ledger' | 'anchors'>, {ledger, anchors}: Trusting): World['sign'] {
  const signatures = new WeakMap<Request, Promise<Signed>>()
  const signedNow = async (request: Request, as?: 'machine') => {
    const {machineKeyFile, signRequest} = await import('../operator/sign.ts')
    const machine = as && (given.keyFile ?? (given.env.SELFHELP_OPERATOR_KEY || machineKeyFile(given.home)))
    const [rows, trusted] = [await ledger(), await anchors()]
    return signRequest(request, {...given, ledger: rows, anchors: trusted, keyFile: machine ?? given.keyFile})
  }
  return (request, as) => {
    const signed = signatures.get(request) ?? signedNow(request, as)
    signatures.set(request, signed)
    return signed
  }
}

function hostsOf({ledger, secrets, anchors, clock}: Pick<World, 'ledger' | 'secrets' | 'anchors' | 'clock'>) {
  const entered = new Map<string, Promise<Entered>>()
  const ways = async () => {
    const [{sshWays}, {readControlKey}, {changesInJournal}] = await Promise.all([
      import('../host/ssh-ways.ts'),
      import('../host/control-key.ts'),
      import('../host/journaled.ts'),
    ])
    const [rows, trusted] = [await ledger(), await anchors()]
    return sshWays(await readControlKey(rows, await secrets()), {
      before: changesInJournal(rows, clock),
      anchors: trusted,
    })
  }
  const enter = async (name: string) => {
    const {hostNamed} = await import('../host/list.ts')
    return (await ways()).enter(await hostNamed(await ledger(), name))
  }
  const machine = (name: string) => {
    const known = entered.get(name) ?? enter(name)
    entered.set(name, known)
    return known
  }
  return {
    ways,
    machine,
    warm: (names: readonly string[]): void => {
      for (const name of new Set(names))
        machine(name).then(
          entered => entered.warm?.(),
          () => {},
        )
    },
    close: async () => {
      for (const each of entered.values()) await (await each.catch(() => undefined))?.close()
    },
  }
}
