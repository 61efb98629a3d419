import {Bug, Refusal} from '../../error.ts'
import {unifiedDiff} from '../diff.ts'
import type {Answer, Operation, PgClusterWanted, Question} from '../model.ts'
import {wellFormed} from './read.ts'
import {nanoseconds, statFact} from './stat.ts'

/** One PostgreSQL cluster with checksums; its data is never moved to another port. */
export const pgCluster: Operation<PgClusterWanted> = {
  kind: 'pg-cluster',
  title: want => `pg-cluster ${want.version}/${want.name}`,
  questions: want => [
    {ask: 'pg_cluster', args: [`${want.version}`, want.name]},
    ...tlsFiles(want).map((path): Question => ({ask: 'stat', args: [path]})),
  ],
  compare(want, answers, touched = new Set()) {
    // Debian's units break on a dash in a cluster's name.
    if (!/^[a-z][a-z0-9_]*$/.test(want.name)) throw new Bug(`A cluster cannot be named ${want.name}.`)
    const {version, name, port} = want
    const [of, have] = [pgCluster.title(want), clusterFact(answers[0])]
    if (want.absent) {
      const action = {act: 'pg_cluster_gone', args: [`${version}`, name]}
      return have.made === 'no' ? [] : [{of, what: 'remove with all its data', actions: [action]}]
    }
    if (have.port !== undefined && have.port !== port) throw otherPort(of, {found: have.port, wanted: port})
    const [settings, access] = [settingsText(want), linesOf(want.access)]
    const identity = want.identity && linesOf(want.identity)
    const what = [...differences(have, {settings, access, identity}), ...readAgain(want, {have, answers, touched})]
    if (what.length === 0) return []
    const diff = `${unifiedDiff(`${of} settings`, have.settings, settings)}${unifiedDiff(`${of} access`, have.access, access)}`
    const words = [`${version}`, name, `${port}`, settings, access, ...(identity === undefined ? [] : [identity])]
    const action = {act: 'pg_cluster', args: words}
    return [{of, what: what.join(', '), ...(diff ? {diff} : {}), actions: [action]}]
  },
}

interface ClusterFact {
  /** `half`: data without a configuration. */
  readonly made: string
  readonly port: number | undefined
  /** When the server last read its files, nanoseconds since 1970; undefined when it does not answer. */
  readonly loaded: bigint | undefined
  readonly pendingRestart: boolean
  readonly settings: string
  readonly access: string
  readonly identity: string
  /** When these were last changed. */
  readonly changed: readonly bigint[]
}

function clusterFact(answer: Answer | undefined): ClusterFact {
  const [facts = '', files = ''] = answer?.out.split('\0') ?? []
  const [first = '', server = ''] = facts.split('\n')
  const [made = 'no', port] = first.split(' ')
  const [loaded, pending = '0'] = server.split(' ')
  const [settings, access, identity] = files.split('\n').map(written)
  return {
    made: made || 'no',
    port: port ? Number(wellFormed(port, /^\d{1,5}$/, 'a port')) : undefined,
    loaded: loaded ? nanoseconds(loaded) : undefined,
    pendingRestart: pending !== '0',
    settings: settings?.text ?? '',
    access: access?.text ?? '',
    identity: identity?.text ?? '',
    changed: [settings?.changed ?? 0n, access?.changed ?? 0n, identity?.changed ?? 0n],
  }
}

function written(line: string): {changed: bigint; text: string} {
  const [changed = '0', content = ''] = line === '' ? [] : line.split(' ')
  return {changed: nanoseconds(changed), text: Buffer.from(content, 'base64').toString('utf8')}
}

type Files = {readonly settings: string; readonly access: string; readonly identity: string | undefined}

function differences(have: ClusterFact, {settings, access, identity}: Files): readonly string[] {
  if (have.made !== 'yes') return ['create']
  return [
    ...(have.settings === settings ? [] : ['settings']),
    ...(have.access === access ? [] : ['access']),
    ...(identity === undefined || have.identity === identity ? [] : ['identity']),
    ...(have.loaded === undefined ? ['start'] : []),
    ...(have.pendingRestart ? ['restart'] : []),
  ]
}

interface Known {
  readonly have: ClusterFact
  readonly answers: readonly Answer[]
  readonly touched: ReadonlySet<string>
}

/** A crash before the reload, or a renewed certificate: whatever is newer than what the server has read. */
function readAgain(want: PgClusterWanted, {have: {loaded, changed}, answers, touched}: Known): readonly string[] {
  if (loaded === undefined) return []
  const certificates = answers.slice(1).map(answer => statFact(answer)?.changed ?? 0n)
  const newer = [...changed, ...certificates].some(time => time > loaded)
  return newer || tlsFiles(want).some(path => touched.has(path)) ? ['reload'] : []
}

function tlsFiles({settings}: PgClusterWanted): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => (/^ssl_.*_file$/.test(name) && value ? [value] : []))
}

function settingsText({settings}: PgClusterWanted): string {
  const quoted = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${quoted(value)}\n`)
    .join('')
}

const linesOf = (lines: readonly string[]) => `${lines.join('\n')}\n`

function otherPort(of: string, facts: {found: number; wanted: number}): Refusal {
  const message = `${of} answers on port ${facts.found}, wanted is ${facts.wanted}; a live cluster is not moved.`
  return new Refusal('in-the-way', message, {
    facts,
    remedies: ['Correct the port in the ledger, or move the environment with a migration.'],
  })
}
