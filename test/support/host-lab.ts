import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {systemClock} from '../../src/clock.ts'
import {type HostAddInput, hostAdd} from '../../src/host/add.ts'
import {hostApply} from '../../src/host/apply.ts'
import {bookOf} from '../../src/host/list.ts'
import {recordsOf} from '../../src/host/register.ts'
import {sshWays} from '../../src/host/ssh-ways.ts'
import {inside, inspectHost, type Ways} from '../../src/host/ways.ts'
import {labStatus} from '../../src/lab/status.ts'
import {putSetting} from '../../src/ledger/setting.ts'
import {putSite} from '../../src/ledger/site.ts'
import {templatePath} from '../../src/render/render.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import {Secret} from '../../src/secret/secret.ts'
import {newSshKey} from '../../src/secret/ssh-key.ts'
import type {Killable, Place} from './killable.ts'

/** The lab and the folder that all processes of one test share. */
export interface Stage {
  readonly lab: string
  readonly folder: string
}

/** Read by the processes that are killed. */
export const stageVariable = 'SELFHELP_CRASH_STAGE'

/** `host-add` on real hosts: each place gets the next host of the lab. */
export function adoption(place: Place): Killable {
  const {lab} = stage()
  const {records, program, ways} = worldOf(place)
  const bootstrap = {user: 'root', key: new Secret(readFileSync(`/var/lib/selfhelp-lab/${lab}/identity`, 'utf8'))}
  return {
    runbook: hostAdd({records, ways, clock: systemClock, program, bootstrap}) as Runbook,
    begin: () => begun(place, 'adoption'),
    state: async () => [await facts(place, ways), (await records.find(named(place).name))?.facts.debian],
    effects: run => effects(place, ways, run),
  }
}

/** `host-apply` on the hosts that were adopted. */
export function provisioning(place: Place): Killable {
  const {records, program, ways} = worldOf(place)
  return {
    runbook: hostApply({ways, book: bookOf(place.ledger)}) as Runbook,
    begin: async () => {
      // The host has heard of the epochs of another ledger, that of its adoption; they are never as many.
      await putSetting(place.ledger, 'epoch-floor', 1000)
      const input = await begun(place, 'provisioning')
      const asked = {door: input, roles: input.roles, networks: []}
      const {facts} = await inspectHost({ways, clock: systemClock, program}, asked)
      await records.put({...input, facts})
      return {name: input.name, environments: []}
    },
    state: () => facts(place, ways),
    effects: run => effects(place, ways, run),
  }
}

function stage(): Stage {
  return JSON.parse(process.env[stageVariable] ?? '{}')
}

function worldOf({ledger}: Place) {
  const program = readFileSync(templatePath('program/preflight.sh'), 'utf8')
  return {records: recordsOf(ledger), program, ways: sshWays(controlKey())}
}

/** One key for all processes: the first makes it. */
function controlKey() {
  const path = join(stage().folder, 'key.json')
  if (!existsSync(path)) {
    const {privateKey, publicKey} = newSshKey('crash test')
    writeFileSync(path, JSON.stringify({key: privateKey.expose(), publicKey}), {mode: 0o600})
  }
  const {key, publicKey} = JSON.parse(readFileSync(path, 'utf8'))
  return {key: new Secret<string>(key), publicKey}
}

/** Takes the next host of the lab for this place, and says how it is asked for. */
async function begun({ledger, folder}: Place, purpose: string): Promise<HostAddInput> {
  const {lab, folder: shared} = stage()
  await putSite(ledger, {name: 'north', country: 'FR', tier: '4', iso27001: '2099-01-01', soc2: '2099-01-01'})
  const next = (await labStatus(lab)).hosts.find(({name}) => claimed(join(shared, `${purpose}-${name}`)))
  if (!next) throw new RangeError('the lab has no host left')
  const {name, address, hostKey} = next
  const input: HostAddInput = {
    ...{name, address, site: 'north', roles: ['edge', 'database'], networks: [], hostKey},
    bootstrapUser: 'root',
  }
  writeFileSync(join(folder, 'host.json'), JSON.stringify(input))
  return input
}

function claimed(path: string): boolean {
  try {
    mkdirSync(path)
    return true
  } catch {
    return false
  }
}

const named = ({folder}: Place): HostAddInput => JSON.parse(readFileSync(join(folder, 'host.json'), 'utf8'))

/** Everything a run could leave on a host, its own name and keys apart. */
async function facts(place: Place, ways: Ways): Promise<readonly string[]> {
  const input = named(place)
  const run = (script: string) =>
    inside(ways.enter(input), machine => machine.ask([{ask: 'run', args: ['sh', '-c', script]}]))
  const [answer] = await run(program)
  return (answer?.out ?? '').replaceAll(input.name, 'HOST').replaceAll(input.address, 'ADDRESS').split('\n').sort()
}

/** What the host itself wrote down of the run's exchanges: each action that succeeded. */
async function effects(place: Place, ways: Ways, run: string): Promise<Readonly<Record<string, number>>> {
  const question = {ask: 'exchanges', args: [run]}
  const [answer] = await inside(ways.enter(named(place)), machine => machine.ask([question]))
  const counted: Record<string, number> = {}
  for (const [, done = ''] of (answer?.out ?? '').matchAll(/^\d+ 0 (.*)$/gm)) counted[done] = (counted[done] ?? 0) + 1
  if (Object.keys(counted).length === 0) throw new RangeError(`the host knows nothing of run ${run}`)
  return counted
}

const own = [
  '/etc/hostname',
  '/etc/hosts',
  '/etc/machine-id',
  '/etc/ssh/ssh_host_*',
  '/etc/*-',
  '/etc/.pwd.lock',
  '/etc/haproxy/selfhelp/ticket-keys',
]
const program = [
  `find /etc /opt /home /usr/local -type f ${own.map(path => `! -path '${path}'`).join(' ')} -exec sha256sum {} +`,
  "find /etc /opt /home /var/lib/selfhelp -path '/var/lib/selfhelp/*' -prune -o -printf '%y %m %u:%g %p\\n'",
  'getent passwd; getent group',
  `dpkg-query -W -f '\${Package} \${Version} \${db:Status-Status}\\n'`,
  "systemctl list-units --all --plain --no-legend --type=service,timer | awk '{print $1, $3}' | grep -vE 'selfhelp-guard|timedated|user.*@'",
  "ss -Hltn | awk '{print $4}'",
  "pg_lsclusters -h; nft list ruleset | sed 's/packets [0-9]* bytes [0-9]*//'",
].join('; ')
