import t, {type Test} from 'tap'
import type {Platform} from '../../src/environment/steps.ts'
import {operations} from '../../src/ledger/operation.ts'
import type {Answer, Machine} from '../../src/machine/model.ts'
import {readyToPatch} from '../../src/maintenance/due.ts'
import {showMaintenance} from '../../src/maintenance/list.ts'
import {hostPatch} from '../../src/maintenance/patch.ts'
import {planMaintenance} from '../../src/maintenance/plan.ts'
import {memoryRun} from '../support/memory-run.ts'
import {standing} from '../support/tenant-trials.ts'
import {tenantWorld} from '../support/tenant-world.ts'

t.setTimeout(300_000)

/** What a host says of its packages, and what was done to them. */
interface Packages {
  installed: Record<string, string>
  readonly newer: readonly string[]
  readonly fails: boolean
  readonly jobs: string[]
}

const answer = (out: string, exit = 0): Answer => ({exit, out, err: ''})

/** A host with packages. */
function withPackages(machine: Machine, host: Packages): Machine {
  const list = () =>
    Object.entries(host.installed)
      .map(([name, version]) => `has\t${name}\t${version}\tii \n`)
      .join('')
  let last = answer('')
  const done: Readonly<Record<string, (words: readonly string[]) => Answer>> = {
    'patch-list': () => answer(`${list()}${host.newer.join('\n')}`),
    'patch-keep': words =>
      answer(
        words
          .slice(1)
          .flatMap(word => word.split('=')[0] ?? [])
          .filter(name => name !== 'orphan')
          .join('\n'),
      ),
    'patch-install': words => {
      host.installed = {...host.installed, ...Object.fromEntries(words.map(word => word.split('=')))}
      return host.fails ? answer('Errors were encountered while processing:\n greeter\nE: dpkg', 100) : answer('')
    },
    'patch-back': () => {
      host.installed = {...host.installed, greeter: '1.0'}
      return answer('')
    },
  }
  return {
    ...machine,
    ask: async questions => {
      const answers = await machine.ask(questions)
      return questions.map(({args}, at) => {
        if (args[3] === 'job') return answer(`${last.exit}\0${last.out}\0`)
        return args[0] === 'dpkg-query' ? answer(list()) : (answers[at] as Answer)
      })
    },
    act: async (id, actions, fence) => {
      for (const {args} of actions.filter(({args}) => args[3] === 'job')) {
        const [name = '', ...words] = args.slice(args.indexOf('sh', 4) + 3)
        host.jobs.push(name)
        last = done[name]?.(words) ?? answer('')
      }
      return machine.act(id, actions, fence)
    },
  }
}

const newer = ['greeter', 'orphan'].map(name => `Inst ${name} [1.0] (1.1 Lab:stable [all])`)
const security = 'Inst guard [1.0] (1.1 Debian-Security:12/stable-security [all])'

async function patched(
  t: Test,
  {change = 'os-patch', fails = false}: {change?: 'os-patch' | 'security-fix'; fails?: boolean},
) {
  const world = await tenantWorld(t)
  await standing(world)
  const {ledger} = world
  const host: Packages = {
    installed: {greeter: '1.0', guard: '1.0', orphan: '1.0'},
    newer: [...newer, security],
    fails,
    jobs: [],
  }
  const platform: Platform = {...world.platform, machine: async name => withPackages(world.machine(name), host)}
  const now = platform.clock.now()
  const wanted = {environments: ['acme/production'], change, minutes: 40, what: 'x', operator: 'ann@cmc.test', at: now}
  const {items} = await planMaintenance(ledger, now, {...wanted, host: 'north-1', waiver: 'none'})
  const id = items[0]?.id ?? ''
  const input = await readyToPatch(ledger, now, id)
  const at = {operator: 'ann@cmc.test', reason: undefined, fence: (lock: string) => ({lock, run: 'r1', epoch: 9})}
  const run = memoryRun({at})
  const end = await run.follow(hostPatch(platform).steps(input))
  return {end, host, id, ledger, events: run.events, shown: await showMaintenance(ledger, id)}
}

t.test('what is newer is installed, and what changed is written down', async t => {
  const {end, host, ledger, id, shown} = await patched(t, {})
  t.strictSame(end, {state: 'done'})
  t.strictSame(host.jobs, ['patch-list', 'patch-keep', 'patch-install'])
  t.match(await operations(ledger, {ids: [id]}), [{state: 'done', host: 'north-1'}])
  t.strictSame(shown.packages, {
    ...{security: ['guard 1.0 → 1.1'], others: ['greeter 1.0 → 1.1', 'orphan 1.0 → 1.1'], kept: ['greeter', 'guard']},
    ...{changed: ['greeter 1.0 → 1.1', 'guard 1.0 → 1.1', 'orphan 1.0 → 1.1'], restarted: false},
  })
})

t.test('for security nothing else is touched', async t => {
  const {end, host} = await patched(t, {change: 'security-fix'})
  t.strictSame(end, {state: 'done'})
  t.strictSame(host.installed, {greeter: '1.0', guard: '1.1', orphan: '1.0'})
})

t.test(
  'a package that cannot be set up brings those of before back, and the one that cannot come back is named',
  async t => {
    const {end, host, ledger, id, events} = await patched(t, {fails: true})
    t.match(end, {state: 'undone', stopped: {trouble: {code: 'patch-failed', message: /greeter could not be set up/}}})
    t.strictSame(host.jobs, ['patch-list', 'patch-keep', 'patch-install', 'patch-back'])
    t.match(await operations(ledger, {ids: [id]}), [{state: 'planned', run: undefined}])
    const told = events.flatMap(event => (event.kind === 'told' ? [event.text] : []))
    t.ok(told.includes('no way back for orphan: not to be had'), 'said before')
    t.ok(told.includes('orphan stays at 1.1: its earlier package could not be had'), 'and after')
  },
)
