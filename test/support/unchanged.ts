import {createHash} from 'node:crypto'
import {globSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {Test} from 'tap'
import {connectLedger} from '../../src/ledger/connect.ts'
import type {Ledger} from '../../src/ledger/ledger.ts'
import {placeOf} from '../../src/ledger/place.ts'
import type {Centre} from './centre.ts'
import {onHost} from './tenant-hosts.ts'

type State = Readonly<Record<string, string>>

/** The rows of every table of ours, by table. */
export async function rowsOf(ledger: Ledger): Promise<State> {
  const names = await ledger.all<{name: string}>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by 1`
  const tables = names.map(async ({name}) => {
    const text = [`select coalesce(string_agg(t::text, E'\n' order by t::text), '') as rows from ${name} t`]
    const query = Object.assign(text, {raw: []}) as unknown as TemplateStringsArray
    return [name, (await ledger.one<{rows: string}>(query))?.rows ?? ''] as const
  })
  return Object.fromEntries(await Promise.all(tables))
}

/** Every file of a home but its database's own and logs, by its path: mode and hash. */
export function filesOf(home: string): State {
  const files = globSync('**/*', {cwd: home, exclude: ['postgres', '*.log', '*.lock']})
  const kept = files.filter(path => statSync(join(home, path)).isFile())
  return Object.fromEntries(
    kept.map(path => {
      const file = join(home, path)
      return [path, `${statSync(file).mode} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`]
    }),
  )
}

/**
 * Commands of an operator, each with `--plan`, that must answer well and leave ledger, home and these hosts as they were:
 * not even a file written anew, an epoch announced, a connection loaded or a key agreed on.
 */
export async function changeNothing(
  t: Test,
  cmc: Centre,
  {hosts, plans}: {hosts: readonly string[]; plans: readonly (readonly string[])[]},
): Promise<void> {
  const before = await stateOf(cmc, hosts)
  for (const words of plans) {
    const {exit, answer} = await cmc.json(...words, '--plan')
    t.equal(exit, 0, `${words.join(' ')}: ${JSON.stringify(answer)}`)
  }
  const after = await stateOf(cmc, hosts)
  for (const [part, state] of Object.entries(before)) t.strictSame(after[part], state, `${part} is as it was`)
}

async function stateOf(cmc: Centre, hosts: readonly string[]): Promise<Readonly<Record<string, State | string[]>>> {
  const ledger = await connectLedger({kind: 'private', place: placeOf(cmc.home, {}), database: 'selfhelp'}, 'owner')
  const rows = await rowsOf(ledger).finally(() => ledger.close())
  const told = hosts.map(async host => [host, (await onHost(cmc, host, 'sh', '-c', script)).out.split('\n')] as const)
  return {ledger: rows, home: filesOf(cmc.home), ...Object.fromEntries(await Promise.all(told))}
}

const places = '/etc /opt /root /home /usr/local /var/lib/selfhelp /run/selfhelp'

/** Files with the time they were written, accounts, units, ports, clusters, firewalls, tunnels; counters apart. */
const script = `{
  find ${places} -type f -printf '%m %u:%g %s %T@ %p\\n' -o -printf '%y %m %u:%g %l %p\\n' | sort
  getent passwd
  systemctl list-units --all --plain --no-legend --type=service,timer,socket 'e??????-*' 'selfhelp-*' 'postgresql@*' | awk '{print $1, $3}' | grep -vE 'probe|backup|job'
  ss -Hltn | awk '{print $4}' | sort
  pg_lsclusters -h
  nft -s list ruleset
  swanctl --list-conns
  swanctl --list-sas | grep -oE '^[a-z0-9_.-]+: #[0-9]+|(in|out) +[0-9a-f]{8},'
} 2>/dev/null`
