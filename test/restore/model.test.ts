import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import type {BackupSet, Gap, Repository} from '../../src/backup/model.ts'
import {dueFrom, lineAt, outOfReach, rangeAround, reachOf, setFor} from '../../src/restore/model.ts'
import {notProven} from '../../src/restore/way-back.ts'

const at = (time: string) => Temporal.Instant.from(`2026-11-22T${time}Z`)
const set = (
  label: string,
  ended: string,
  {line = 1, type = 'full' as BackupSet['type'], first = 3} = {},
): BackupSet => {
  const segment = (number: number) =>
    `${`${line}`.padStart(8, '0')}00000000${number.toString(16).toUpperCase().padStart(8, '0')}`
  return {
    label,
    type,
    startedAt: at(ended).subtract({seconds: 30}),
    endedAt: at(ended),
    wal: {first: segment(first), last: segment(first + 1)},
    size: {database: 1, repository: 1},
    references: [],
    damaged: false,
  }
}

t.test(
  'the clock is two hours up to 48 hours back, and 24 hours from the first second beyond (R235, R236)',
  async t => {
    const askedAt = Temporal.Instant.from('2026-11-22T12:00:00Z')
    const left = (target: string) =>
      Number(dueFrom({target: Temporal.Instant.from(target), askedAt}).epochMilliseconds - askedAt.epochMilliseconds) /
      3_600_000
    t.equal(left('2026-11-22T11:59:00Z'), 2)
    t.equal(left('2026-11-20T12:00:00Z'), 2, '48 h 00')
    t.equal(left('2026-11-20T11:59:59Z'), 24)
  },
)

t.test('a restore reaches from the end of the oldest full to the newest archived commit', async t => {
  const reach = reachOf({sets: [set('A', '08:00:00')], gaps: [], newest: at('12:00:00'), closed: []})
  t.ok(reach)
  if (!reach) return
  t.match(outOfReach(reach, at('07:59:59')), /the oldest backup ended at/)
  t.equal(outOfReach(reach, at('08:00:00')), undefined)
  t.equal(outOfReach(reach, at('11:59:59')), undefined)
  t.match(outOfReach(reach, at('12:00:00')), /the newest commit/, 'there is no commit after it to stop at')
})

t.test('behind a gap nothing is reached until the first full that was begun after it', async t => {
  const gap: Gap = {
    after: '000000010000000000000005',
    before: '000000010000000000000007',
    from: at('09:00:00'),
    to: at('09:10:00'),
  }
  const sets = [set('A', '08:00:00'), set('B', '10:00:00', {first: 8})]
  const reach = reachOf({sets, gaps: [gap], newest: at('12:00:00'), closed: []})
  if (!reach) return t.fail('there is no reach')
  t.match(outOfReach(reach, at('09:30:00')), /WAL is missing from/)
  t.equal(outOfReach(reach, at('08:30:00')), undefined)
  t.equal(outOfReach(reach, at('10:30:00')), undefined)
})

t.test('each moment has its own line of history, and only a backup of that line leads to it', async t => {
  const lines = [
    {timeline: 2, since: at('10:00:00')},
    {timeline: 3, since: at('11:00:00')},
  ]
  const sets = [
    set('A', '08:00:00'),
    set('B', '09:00:00', {type: 'incremental'}),
    set('C', '10:05:00', {line: 2}),
    set('D', '11:05:00', {line: 3}),
  ]
  const chosen = (time: string) => [lineAt(lines, at(time)), setFor(sets, {target: at(time), lines})?.label]
  t.strictSame(chosen('08:30:00'), [1, 'A'])
  t.strictSame(chosen('09:30:00'), [1, 'B'])
  t.strictSame(chosen('10:30:00'), [2, 'C'])
  t.strictSame(chosen('11:30:00'), [3, 'D'])
})

t.test('a restore that was taken back leaves the first line the real one again', async t => {
  const lines = [
    {timeline: 2, since: at('10:00:00')},
    {timeline: 1, since: at('10:02:00')},
  ]
  const sets = [set('A', '08:00:00'), set('E', '11:00:00')]
  t.equal(setFor(sets, {target: at('11:30:00'), lines})?.label, 'E')
  t.equal(setFor(sets, {target: at('10:30:00'), lines})?.label, 'A', 'what it was taken on goes on')
})

t.test('what is said to take a time is within a quarter of what was measured', async t => {
  t.strictSame(rangeAround(40), {least: 30, most: 50})
})

const repository: Repository = {
  sets: [set('A', '08:00:00'), {...set('A_B', '09:00:00', {type: 'incremental', first: 5}), references: ['A']}],
  trouble: undefined,
  newestWal: {segment: '000000010000000000000006', at: at('09:00:00')},
  gaps: [],
  timelines: [],
  freeBytes: 1,
  totalBytes: 2,
  attempts: {},
  verified: undefined,
}
const safety = repository.sets[1] as BackupSet

t.test('while closed a backup is proven by its chain and its WAL', async t => {
  t.equal(notProven(safety, repository), undefined)
  t.match(notProven(safety, {...repository, sets: [safety]}), /builds on A, which is not there/)
  t.match(
    notProven(safety, {...repository, newestWal: {segment: '000000010000000000000005', at: at('09:00:00')}}),
    /has not arrived/,
  )
  t.match(
    notProven(safety, {...repository, trouble: 'unable to open'}),
    /unable to open/,
    'the passphrase does not open it',
  )
  const gap = {
    after: '000000010000000000000005',
    before: '000000010000000000000007',
    from: at('09:00:00'),
    to: at('09:00:01'),
  }
  t.match(notProven(safety, {...repository, gaps: [gap]}), /WAL is missing/)
})
