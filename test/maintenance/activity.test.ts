import {spawnSync} from 'node:child_process'
import t from 'tap'
import type {Environment} from '../../src/environment/model.ts'
import {counting, countsIn, rowsOf} from '../../src/maintenance/activity.ts'

const line = (at: string, to: string, front = 'https~') =>
  `${at} north-1 haproxy[7]: ::ffff:10.0.0.9:4444 [22/Nov/2026:21:00:01.123] ${front} ${to} 0/0/1/2/3 200 512 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/2.0"`

t.test('what an edge logged is counted by quarter of an hour and backend', async t => {
  const log = [
    line('1763385300.000001', 'north-1:24000/s'),
    line('1763386199.999999', 'north-1:24000/s'),
    line('1763386200.000000', 'north-1:28000/s'),
    line('1763386201.000000', 'north-2:24000/s'),
    line('1763386202.000000', 'https/<NOSRV>'),
    line('1763386203.000000', 'http/<NOSRV>', 'http'),
    '1763386204.000000 north-1 haproxy[7]: Server north-1:24000/s is UP, reason: Layer7 check passed',
  ].join('\n')
  const {stdout} = spawnSync('awk', [counting], {input: log, encoding: 'utf8'})
  const counts = countsIn(stdout)
  t.strictSame(Object.fromEntries(counts), {
    '1763385300 north-1:24000': 2,
    '1763386200 north-1:28000': 1,
    '1763386200 north-2:24000': 1,
  })
  const environment = {
    ...{tenant: 'acme', name: 'production', ports: {presentation: 24000, edition: 28000}},
    placed: [{role: 'presentation', host: 'north-1'}],
  } as unknown as Environment
  const rows = rowsOf([environment], [counts, counts], {since: 1763385300, until: 1763387200})
  t.strictSame(
    rows.map(({environment, quarter, requests}) => `${environment} ${quarter} ${requests}`),
    [
      'acme/production 2025-11-17T13:15:00Z 4',
      'acme/production 2025-11-17T13:30:00Z 2',
      'acme/production 2025-11-17T13:45:00Z 0',
    ],
    'every edge, every face, and the quarters in which nobody came',
  )
})
