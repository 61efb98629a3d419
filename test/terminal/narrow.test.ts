// What a night needs, on a terminal of 60 columns: no line past its end, and no word broken.
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {environmentFields} from '../../src/environment/model.ts'
import {environmentRows} from '../../src/environment/view.ts'
import type {RunItem} from '../../src/run/list.ts'
import type {RunShown} from '../../src/run/show.ts'
import {runRows, runView} from '../../src/run/view.ts'
import type {TenantShown} from '../../src/tenant/show.ts'
import {tenantRows, tenantView} from '../../src/tenant/view.ts'
import {show, type View} from '../../src/terminal/view.ts'
import {written} from '../support/streams.ts'

const at = Temporal.Instant.from('2026-11-22T21:20:00Z')

/** An environment of a tenant of that name, as it is shown. */
function environmentOf(tenant: string, name: 'production' | 'qualification') {
  const label = name === 'production' ? tenant : `${tenant}-${name}`
  const url = `https://${label}.ezvsaas.test/`
  return {
    ...{tenant, name: `${tenant}/${name}`, id: 'ehaqud7', phase: 'implementation', version: '0.1.0', url},
    editionUrl: `https://${label}-edition.ezvsaas.test/`,
    address: '10.79.1.11',
    caFile: '/var/lib/selfhelp/ca.pem',
    curl: `curl --cacert /var/lib/selfhelp/ca.pem --resolve ${label}.ezvsaas.test:443:10.79.1.11 ${url}`,
    hosts: ['edge', 'database', 'repository'].map(role => ({
      role,
      host: role === 'repository' ? 'south-1' : 'north-1',
      reason: 'all functions on one machine (R020); least loaded of 2 with room there (23593 MB of memory, 4000 ports)',
    })),
  } as const
}

const trouble = {
  kind: 'failure',
  code: 'host-unreachable',
  message: 'north-1 did not answer within 20 seconds',
} as const

function run(tenant: string): RunShown & RunItem {
  const steps = ['contract-is-recorded', 'databases-run-and-release-is-unpacked', 'connection-document-is-written']
  return {
    ...{run: 'rvykfznb', id: 'rvykfznb', runbook: 'tenant-create', title: `create tenant ${tenant}`, subject: tenant},
    ...{tenant, state: 'stopped', operator: 'machine@ezvsaas.test', reason: 'quickstart', queuedAt: at, startedAt: at},
    stopped: {exit: 4, way: 'forward', step: steps[1], trouble},
    steps: steps.map((name, position) => ({
      ...{position, name, endedAt: position > 1 ? undefined : at},
      ...{state: (['made', 'failed', 'waiting'] as const)[position], trouble: position === 1 ? trouble : undefined},
    })),
    ...{heldLocks: [], open: undefined, pastReturn: undefined, followed: false},
    remedies: ['selfhelp run resume rvykfznb', 'selfhelp run abandon rvykfznb'],
  } as unknown as RunShown & RunItem
}

function views(tenant: string): Readonly<Record<string, View>> {
  const environments = (['production', 'qualification'] as const).map(name => environmentOf(tenant, name))
  const accounts = environments.map(({editionUrl}, n) => ({
    ...{
      email: `test@${new URL(editionUrl).hostname}`,
      role: 'test',
      environments: [['production', 'qualification'][n]],
    },
  }))
  const shown = {
    ...{
      name: tenant,
      legalName: 'ACME SA',
      locale: 'fr',
      timeZone: 'Europe/Paris',
      createdAt: at,
      environments,
      accounts,
    },
    contract: {
      start: '2026-12-01',
      end: '2029-11-30',
      residency: ['FR'],
      sites: {primary: 'north', secondary: 'south'},
    },
    contacts: [
      {id: 'jdoe', name: 'Jane Doe', email: 'jane.doe@acme.test', language: 'fr', roles: ['operations', 'decision']},
    ],
    ...{missingStudy: ['mail'], missingEnvironments: [], runs: [run(tenant)]},
    events: [{kind: 'backup-late', subject: `${tenant}/production`, remedy: 'selfhelp backup status', firstSeen: at}],
  } as unknown as TenantShown
  const rows = environments.map(one => ({...one, name: one.name.replace(`${tenant}/`, '')}))
  return {
    'tenant show': tenantView(shown),
    'tenant list': tenantRows({items: [{...shown, environments: rows}]} as never),
    'environment show': environmentFields(environments[1] as never),
    'environment list': environmentRows({items: environments} as never),
    'run show': runView(run(tenant)),
    'run list': runRows([run(tenant)]),
  }
}

function shown(view: View, columns: number): string {
  const out = written(columns)
  show(view, out, at.add({minutes: 5}))
  return out.text
}

const typed = /(?:curl|selfhelp) .*$/
const wordsIn = (text: string) => text.split(/\s+/).filter(Boolean)

for (const [tenant, columns] of [
  ['acme', 60],
  ['acme', 80],
  ['a-tenant-with-longest-na', 80],
] as const)
  t.test(`of the tenant ${tenant}, on ${columns} columns`, async t => {
    for (const [name, view] of Object.entries(views(tenant))) {
      const text = shown(view, columns)
      const lines = text.split('\n').filter(line => !typed.test(line))
      t.same(
        lines.filter(line => [...line].length > columns),
        [],
        `${name}: no line is wider than the terminal`,
      )
      const whole = new Set(wordsIn(shown(view, 1000).toLowerCase()))
      const heads = new Set(wordsIn(text.toLowerCase()).filter(word => !whole.has(word)))
      t.same([...heads], [], `${name}: no word is broken`)
    }
  })

t.test('a number stands before its step, whatever is wrapped', async t => {
  t.match(shown(runView(run('acme')), 60), /^2 {2}databases-run-and-release-is-unpacked /m)
})
