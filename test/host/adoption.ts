import {join} from 'node:path'
import {Temporal} from 'temporal-polyfill'
import {type HostAddInput, type HostRecords, hostAdd} from '../../src/host/add.ts'
import type {Host} from '../../src/host/model.ts'
import {recordsOf} from '../../src/host/register.ts'
import {putSite} from '../../src/ledger/site.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import {Secret} from '../../src/secret/secret.ts'
import type {Trial} from '../support/crash.ts'
import type {Killable, Place} from '../support/killable.ts'
import {clock, type Scripted, scripted} from './scripted.ts'

const input: HostAddInput = {
  ...{name: 'north-1', address: '10.77.1.11', site: 'north', roles: ['edge', 'database'], networks: []},
  ...{hostKey: 'ssh-ed25519 AAAA', bootstrapUser: 'root'},
}

/** `host-add` on a scripted machine. */
export function trial(): Trial {
  const machine = scripted('account-is-ready')
  const recorded = new Map<string, Host>()
  const at = Temporal.Instant.from('2026-11-22T11:00:00Z')
  const runbook = bookOf(machine, {
    find: async name => recorded.get(name),
    put: async host => void recorded.set(host.name, {...host, addedAt: at, retiredAt: undefined}),
    remove: async name => void recorded.delete(name),
  })
  return {
    ...{runbook, input},
    state: () => ({there: machine.there(), recorded: [...recorded.keys()]}),
    effects: machine.effects,
  }
}

/** The same with a real ledger, where processes that are killed leave it. */
export function killable({ledger, folder}: Place): Killable {
  const machine = scripted('account-is-ready', join(folder, 'machine.json'))
  const records = recordsOf(ledger)
  return {
    runbook: bookOf(machine, records),
    begin: async () => {
      await putSite(ledger, {name: 'north', country: 'FR', tier: '4', iso27001: '2099-01-01', soc2: '2099-01-01'})
      return input
    },
    state: async () => ({there: machine.there(), roles: (await records.find('north-1'))?.roles}),
    effects: async () => machine.effects(),
  }
}

function bookOf({ways, count}: Scripted, records: HostRecords): Runbook {
  const counted: HostRecords = {
    ...records,
    put: async host => {
      await records.put(host)
      count('host-is-recorded')
    },
  }
  return hostAdd({
    ...{ways, clock, program: '', bootstrap: {user: 'root', key: new Secret('')}},
    records: counted,
  }) as Runbook
}
