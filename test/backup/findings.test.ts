import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {type Seen, type Trouble, troubles} from '../../src/backup/findings.ts'
import type {Archive, BackupSet, Repository} from '../../src/backup/model.ts'

const now = Temporal.Instant.from('2026-11-22T12:00:00Z')
const ago = (minutes: number) => now.subtract({seconds: Math.round(minutes * 60)})
const set = (type: BackupSet['type'], minutes: number, first = '000000010000000000000003'): BackupSet => ({
  label: `set-${minutes}`,
  type,
  startedAt: ago(minutes + 1),
  endedAt: ago(minutes),
  wal: {first, last: first},
  size: {database: 1, repository: 1},
  references: [],
  damaged: false,
})
const repository: Repository = {
  sets: [set('full', 600), set('incremental', 30)],
  trouble: undefined,
  newestWal: {segment: '000000010000000000000010', at: ago(1)},
  gaps: [],
  timelines: [],
  freeBytes: 50,
  totalBytes: 100,
  attempts: {},
  verified: {at: ago(20), problems: []},
}
const archive: Archive = {
  timeline: 1,
  archivedAt: ago(1),
  archivedSegment: '000000010000000000000010',
  failingSince: undefined,
  waiting: 0,
  newest: ago(2),
  heartbeatAt: ago(0.5),
  command: 'pgbackrest archive-push %p',
}
const good: Seen = {name: 'acme/production', at: now, since: ago(9999), drilledAt: ago(60), repository, archive}
const kinds = (seen: Seen) => troubles(seen).map(({kind, grade}) => `${grade} ${kind}`)
const withRepository = (change: Partial<Repository>): Seen => ({...good, repository: {...repository, ...change}})
const withArchive = (change: Partial<Archive>): Seen => ({...good, archive: {...archive, ...change}})

t.test('backups that are as promised have no troubles', async t => {
  t.strictSame(kinds(good), [])
})

const cases: readonly (readonly [says: string, seen: Seen, found: readonly string[]])[] = [
  [
    'a full of yesterday is late after 25 hours',
    withRepository({sets: [set('full', 1501), set('incremental', 5)]}),
    ['late backup-late'],
  ],
  ['an hour without any backup is late', withRepository({sets: [set('full', 76)]}), ['late backup-late']],
  [
    'a wrong passphrase makes the repository unreadable',
    withRepository({sets: [], trouble: 'cipher header invalid'}),
    ['broken backup-unreadable'],
  ],
  ['a repository without room is broken before it fails', withRepository({freeBytes: 1}), ['broken repository-full']],
  ['one that fills up is late', withRepository({freeBytes: 9}), ['late repository-filling']],
  [
    'an archive that stopped is told by its age, whatever the archiver says',
    withArchive({archivedAt: ago(6), waiting: 3}),
    ['broken archive-stopped'],
  ],
  [
    'an archive command that is not ours keeps nothing',
    withArchive({command: '/bin/true'}),
    ['broken archive-stopped'],
  ],
  ['a heartbeat that stopped is late', withArchive({heartbeatAt: ago(6)}), ['late backup-heartbeat-stopped']],
  [
    'a host that says nothing is broken, and says so once for each side',
    {...good, repository: {silent: 'south-1 cannot be reached'}},
    ['broken backup-host-silent'],
  ],
  ['a test restore a month old is no proof', {...good, drilledAt: ago(32 * 24 * 60)}, ['late drill-late']],
  [
    'files that nobody read for two hours',
    withRepository({verified: {at: ago(121), problems: []}}),
    ['late backup-unverified'],
  ],
]
for (const [says, seen, found] of cases) t.test(says, async t => t.strictSame(kinds(seen), found))

const healed = (list: readonly Trouble[]) => list.filter(one => one.healedByFull).map(({kind}) => kind)

t.test('a gap after the newest full is healed by another one, a gap before it is history', async t => {
  const gap = {after: '000000010000000000000004', before: '000000010000000000000006', from: ago(90), to: ago(80)}
  t.strictSame(healed(troubles(withRepository({gaps: [gap]}))), ['backup-gap'])
  const newer = [set('full', 600), set('full', 30, '000000010000000000000007')]
  t.strictSame(kinds(withRepository({gaps: [gap], sets: newer})), [])
})

t.test('WAL that was dropped with a word of success is found and healed', async t => {
  const seen = withArchive({archivedSegment: '000000010000000000000012'})
  t.strictSame(healed(troubles(seen)), ['backup-wal-dropped'])
  const justNow = withArchive({archivedSegment: '000000010000000000000011', archivedAt: ago(0.1)})
  t.strictSame(kinds(justNow), [], 'what arrived between two questions is no loss')
})

t.test('corrupt files are healed by a full; until they are read again they are no longer dangerous', async t => {
  const verified = {at: ago(20), problems: ['checksum invalid: 1']}
  t.strictSame(healed(troubles(withRepository({verified}))), ['backup-corrupt'])
  const after = withRepository({verified, sets: [...repository.sets, set('full', 5)]})
  t.strictSame(kinds(after), ['late backup-corrupt'])
})
