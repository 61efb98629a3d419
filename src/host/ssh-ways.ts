import {type Manner, machineOver} from '../machine/apply.ts'
import {presentedKey, runProgram} from '../machine/look.ts'
import type {Connection, Machine} from '../machine/model.ts'
import {type SshTarget, sshConnection} from '../machine/ssh.ts'
import type {ControlKey} from './control-key.ts'
import {controlUser} from './model.ts'
import type {Bootstrap, Door, Entered, Ways} from './ways.ts'

/** The ways into hosts over SSH, with the control plane's key or the one given; `before` hears of every change. */
export function sshWays({key, publicKey}: ControlKey, before?: Manner['before']): Ways {
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
    enter: (door, bootstrap = ourselves) => entered(sshConnection(target(door, bootstrap)), before ? {before} : {}),
    run: (door, program, bootstrap = ourselves) => runProgram(target(door, bootstrap), program),
    presented: address => presentedKey(address),
  }
}

/** A machine that closes its connection when it is left. */
function entered(connection: Connection, manner: Manner): Entered {
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
    close: () => connection.close(),
  }
}
