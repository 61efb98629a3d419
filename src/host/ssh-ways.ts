import type {Anchors} from '../ledger/anchor.ts'
import {type Manner, machineOver} from '../machine/apply.ts'
import {presentedKey, runProgram} from '../machine/look.ts'
import type {Machine} from '../machine/model.ts'
import {type SshTarget, sshConnection, type Warmable} from '../machine/ssh.ts'
import type {ControlKey} from './control-key.ts'
import {controlUser} from './model.ts'
import {assertPinned} from './pinned.ts'
import type {Bootstrap, Door, Entered, Ways} from './ways.ts'

export interface Trust {
  /** Hears of every change. */
  readonly before?: Manner['before']
  /** Whether a recorded host's pinned key is the one that was pinned by us. */
  readonly anchors?: Pick<Anchors, 'holds'>
}

/** The ways into hosts over SSH, with the control plane's key or the one given. */
export function sshWays({key, publicKey}: ControlKey, {before, anchors}: Trust = {}): Ways {
  const target = ({name, address, hostKey, newcomer}: Door, {user, key: own}: Bootstrap): SshTarget => {
    const otherKey = newcomer
      ? [
          'Read it on the machine itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
          'Then type the same again with the right --host-key or --host-key-fingerprint.',
        ]
      : [`selfhelp host repin ${name}`]
    return {host: name, address, hostKey, user, key: own, otherKey}
  }
  const ourselves: Bootstrap = {user: controlUser, key}
  return {
    publicKey,
    enter: (door, bootstrap = ourselves) =>
      entered(trusted(sshConnection(target(door, bootstrap)), {door, anchors}), before ? {before} : {}),
    run: (door, program, bootstrap = ourselves) => runProgram(target(door, bootstrap), program),
    presented: address => presentedKey(address),
  }
}

/** Nothing is sent to a host whose pinned key was put into the ledger by somebody else. */
function trusted(connection: Warmable, {door, anchors}: {door: Door; anchors: Trust['anchors']}): Warmable {
  if (door.newcomer || anchors === undefined) return connection
  let asked: Promise<void> | undefined
  const known = () => {
    asked ??= assertPinned(anchors, door)
    return asked
  }
  return {
    host: connection.host,
    get roundTrips() {
      return connection.roundTrips
    },
    warm: () =>
      void known().then(
        () => connection.warm(),
        () => {},
      ),
    async exchange(exchange) {
      await known()
      return connection.exchange(exchange)
    },
    close: () => connection.close(),
    again: () => connection.again(),
  }
}

/** A machine that closes its connection when it is left. */
function entered(connection: Warmable, manner: Manner): Entered {
  const machine: Machine = machineOver(connection, manner)
  return {
    host: machine.host,
    get roundTrips() {
      return machine.roundTrips
    },
    plan: (wanted, fence) => machine.plan(wanted, fence),
    apply: (wanted, how) => machine.apply(wanted, how),
    ask: questions => machine.ask(questions),
    act: (id, actions, fence) => machine.act(id, actions, fence),
    warm: () => connection.warm(),
    close: () => connection.close(),
  }
}
