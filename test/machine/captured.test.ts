// What a real host of every role, with an environment on it, answered about things that were there as wanted.
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import type {Answer, Question, Wanted} from '../../src/machine/model.ts'
import {comparison} from '../../src/machine/plan.ts'
import {revived} from '../support/revived.ts'

interface Captured {
  readonly wanted: readonly Record<string, unknown>[]
  readonly asked: readonly Question[]
  readonly answers: readonly Answer[]
}

const file = join(import.meta.dirname, 'captured/debian-12-host.json')
const {wanted, asked, answers} = JSON.parse(readFileSync(file, 'utf8')) as Captured
const things = wanted.map(want => revived(want) as unknown as Wanted)

/** What is found when these things are wanted instead of those that were captured. */
function found(wanted: readonly Wanted[]): readonly string[] {
  return comparison('north-1', wanted)
    .changes(answers)
    .map(({of, what}) => `${of.split(' ')[0]}: ${what}`)
}

/** The captured things, those of a kind as they would differ. */
const other = (kind: Wanted['kind'], more: object) =>
  things.map(want => (want.kind === kind ? ({...want, ...more} as Wanted) : want))

t.test('the same is asked today', async t => {
  t.strictSame(comparison('north-1', things).frames, asked)
})

t.test('what is as wanted is found so', async t => {
  // The keys stay where they were captured, so a certificate's file is another here, and it alone.
  const certificates = things.filter(({kind}) => kind === 'haproxy-certificate')
  t.strictSame(
    found(things),
    certificates.map(() => 'haproxy-certificate: content'),
  )
})

for (const {kind, more, change} of [
  {kind: 'file', more: {mode: '0604'}, change: /^file: mode 0\d{3} → 0604/},
  {kind: 'directory', more: {owner: 'games'}, change: /^directory: owner .*games/},
  {kind: 'user', more: {shell: '/bin/bash'}, change: /^user: shell/},
  {kind: 'package', more: {absent: true}, change: /^package: /},
  {kind: 'unit', more: {running: false}, change: /^unit: stop/},
  {kind: 'assembly', more: {group: 'games'}, change: /^assembly: .*games/},
  {kind: 'nft', more: {ruleset: 'flush ruleset\n'}, change: /^nftables: /},
  {kind: 'pg-cluster', more: {access: ['local all all reject']}, change: /^pg-cluster: access/},
  {kind: 'pg-role', more: {absent: true}, change: /^pg-role: /},
  {kind: 'pg-database', more: {owner: 'postgres'}, change: /^pg-database: owner/},
  {kind: 'release', more: {absent: true}, change: /^release: /},
  {kind: 'haproxy-entry', more: {absent: true}, change: /^haproxy-entry: remove/},
  {kind: 'haproxy-server', more: {port: 1}, change: /^haproxy-server: 127\.0\.0\.1:\d+ → 127\.0\.0\.1:1$/},
  {kind: 'haproxy-pool', more: {free: {least: 4000, most: 4000}}, change: /^haproxy-pool: /},
] as const)
  t.test(`a ${kind} that differs is seen as that`, async t => {
    const usual = new Set(found(things))
    const differing = found(other(kind, more)).filter(line => !usual.has(line))
    t.ok(
      differing.some(line => change.test(line)),
      differing.join('\n') || 'nothing differs',
    )
  })
