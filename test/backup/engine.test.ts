import {readdirSync, readFileSync} from 'node:fs'
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {differences} from '../../src/backup/figures.ts'
import {archivesIn, problemsIn, repositoriesIn} from '../../src/backup/look.ts'
import {hoursOf, nightOf} from '../../src/backup/model.ts'
import {goalOf} from '../../src/backup/pgbackrest.ts'
import {engineTrouble} from '../../src/backup/trouble.ts'
import {templatePath} from '../../src/render/render.ts'

t.test('a target is given in UTC to the microsecond, on its timeline, from its set', async t => {
  const goal = {kind: 'time', at: Temporal.Instant.from('2026-11-17T13:32:00.1234567Z')} as const
  const words = goalOf({set: '20261117-100000F', timeline: 2, goal})
  t.ok(words.includes('--target=2026-11-17 13:32:00.123456+00'), 'never rounded up')
  t.ok(words.includes('--target-timeline=2') && words.includes('--set=20261117-100000F'))
})

t.test('what the engine said is told in a sentence, with what to type', async t => {
  const trouble = engineTrouble({
    environment: 'acme/production',
    host: 'south-1',
    doing: 'the full backup',
    exit: 82,
    said: 'x',
  })
  t.equal(trouble.exit, 4)
  t.match(
    trouble.message,
    /^The full backup of acme\/production ended with 82 on south-1: WAL it needs was not archived in time/,
  )
  t.strictSame(trouble.remedies, ['selfhelp backup status acme/production'])
})

t.test('a look at a repository reads fulls, incrementals and what it lacks', async t => {
  const info = [
    {
      status: {code: 0, message: 'ok'},
      backup: [
        {
          label: 'A',
          type: 'full',
          error: false,
          timestamp: {start: 1, stop: 2},
          archive: {start: 'X', stop: 'Y'},
          info: {size: 9, repository: {delta: 3}},
          reference: null,
        },
        {
          label: 'A_B',
          type: 'incr',
          error: null,
          timestamp: {start: 3, stop: 4},
          archive: {start: 'Y', stop: 'Z'},
          info: {size: 9, repository: {delta: 1}},
          reference: ['A'],
        },
      ],
    },
  ]
  const rest = {
    newest: null,
    gaps: [],
    timelines: [{id: 2, since: 5}],
    free: 1,
    total: 2,
    units: {full: {at: 2, exit: 0}, incr: null, verify: null},
    verified: null,
  }
  const out = `${JSON.stringify({id: 'e1', exit: 0, info, ...rest})}\n${JSON.stringify({id: 'e2', exit: 29, info: 'ERROR: [029]', ...rest})}\n`
  const found = repositoriesIn({exit: 0, out, err: ''})
  t.strictSame(
    found.get('e1')?.sets.map(({label, type}) => [label, type]),
    [
      ['A', 'full'],
      ['A_B', 'incremental'],
    ],
  )
  t.equal(found.get('e2')?.trouble, 'ERROR: [029]', 'an engine that could not read is no empty repository')
})

t.test('verify exits 0 on errors: only its words tell', async t => {
  const fine =
    'archiveId: 15-1, total WAL checked: 7, total valid WAL: 7\n  missing: 0, checksum invalid: 0, size invalid: 0, other: 0\nbackup: 2026F, status: valid, total files checked: 9, total valid files: 9'
  t.strictSame(problemsIn(fine), [])
  t.strictSame(problemsIn('  missing: 0, checksum invalid: 1, size invalid: 0, other: 0'), [
    'missing: 0, checksum invalid: 1, size invalid: 0, other: 0',
  ])
})

t.test('figures that differ are named by table', async t => {
  const at = Temporal.Instant.from('2026-11-22T12:00:00Z')
  const source = {point: 'p', at, segment: 's', schemaLevel: 1, rows: {'content.account': 3}, digest: 'a'}
  t.strictSame(differences(source, source), [])
  t.strictSame(differences(source, {...source, rows: {'content.account': 2}, digest: 'b'}), [
    'content.account has 2 rows instead of 3',
  ])
  t.strictSame(differences(source, {...source, digest: 'b'}), ['the same counts with other content'])
})

t.test('environments are spread over the hour and the nights of the month', async t => {
  const ids = Array.from({length: 200}, (_, n) => `e${n.toString(32).padStart(6, 'a')}`)
  const minutes = new Set(ids.map(id => hoursOf(id).incremental))
  t.ok(minutes.size > 30, `${minutes.size} different minutes`)
  t.ok(new Set(ids.map(nightOf)).size > 100)
  for (const id of ids) t.match(nightOf(id), /^\d+ [1-4] (?:[1-9]|1\d|2[0-8]) \* \*$/)
})

t.test('programs of jobs have nothing in them that systemd would put a value of its own for', async t => {
  const programs = readdirSync(templatePath('program')).filter(name => /^(?:scratch-|cluster-|copy-|dump-)/.test(name))
  t.ok(programs.length > 4)
  for (const name of programs) t.notMatch(readFileSync(templatePath(`program/${name}`), 'utf8'), /\$[{$]/, name)
})

t.test('what no program of ours says is a failure of its host, not a fault of ours', async t => {
  for (const out of ['{"id":', '{}', '{"id": "eaaaaaa", "gaps": 1}'])
    t.throws(() => repositoriesIn({exit: 0, out, err: ''}), {code: 'answer-unreadable'}, out)
  for (const out of ['{"timeline":', 'null', '{"archivedAt": "x"}'])
    t.throws(() => archivesIn({exit: 0, out, err: ''}, ['eaaaaaa']), {code: 'answer-unreadable'}, out)
})
