import type {Centre} from './centre.ts'
import {onHost} from './tenant-hosts.ts'

/** What stands for what is generated anew: ids of environments and runs, by name. */
export type Names = Readonly<Record<string, string>>

/** Differs for each tenant by its path: keys, certificates, passwords. */
const generated = [
  '*.pem',
  '*.key',
  '*.crt',
  '*/secret/*',
  '*/secrets/*',
  '*password*',
  '*.new',
  '*/crt-list*',
  '*.dump.enc',
]
/** The host's own bookkeeping. */
const own = ['log', 'cache', 'lib/systemd', 'lib/selfhelp/exchange', 'lib/selfhelp/epoch', 'lib/postgresql']
// What jobs said is kept for two days.
const apart = [...own, 'lib/selfhelp/job', 'tmp/systemd-private-*', 'lib/apt', 'lib/dpkg'].map(
  path => `-path /var/${path}`,
)

/**
 * Packages, accounts, files by path, mode and hash, units, clusters, roles of databases, ports, rulesets of a host;
 * generated values replaced by name.
 */
export async function factsOf(cmc: Centre, host: string, names: Names): Promise<readonly string[]> {
  const ids = Object.keys(names)
  const replaced = ids.map(id => `-e s/${id}/${names[id]}/g`).join(' ') || "-e ''"
  const pruned = `\\( ${apart.join(' -o ')} \\) -prune`
  const unequal = [...apart, ...generated.map(name => `-path '${name}'`)].join(' -o ')
  const hashed = `printf '%s %s\\n' "$(sed ${replaced} "$file" | sha256sum)" "$file"`
  const ours = ids.map(id => `-e ${id}`).join(' ')
  const script = [
    'dpkg -l | grep ^ii',
    'getent passwd | cut -d: -f1,5-',
    'getent group | cut -d: -f1,4',
    `find /etc /opt /var /home /root ${pruned} -o -printf '%y %m %u:%g %p\\n'`,
    `find /etc /opt /var /home /root \\( ${unequal} \\) -prune -o -type f -print | grep -F ${ours || '-e none'} | while read -r file; do ${hashed}; done`,
    "systemctl list-unit-files --no-legend 'e??????-*' 'postgresql@*'",
    // systemd-timedated answers the preflight and ends by itself when nobody asks it more.
    "systemctl list-units --all --plain --no-legend --type=service | grep -v '^systemd-timedated' | awk '{print $1, $3, $4}'",
    "pg_lsclusters -h | awk '{print $1, $2, $3, $4, $5, $6}'",
    "pg_lsclusters -h | awk '{print $3}' | while read -r port; do runuser -u postgres -- psql -XqAt -p $port -c 'select rolname, rolcanlogin from pg_roles where oid > 16383'; done",
    "ss -Hltn | awk '{print $4}'",
    'nft list ruleset',
  ].join('; ')
  const {out} = await onHost(cmc, host, 'sh', '-c', `{ ${script}; } 2>/dev/null`)
  const plain = ids.reduce((text, id) => text.replaceAll(id, names[id] ?? ''), out)
  return plain
    .split('\n')
    .filter(line => !/session|user@|user-runtime/.test(line))
    .sort()
}

/**
 * How often what was done on a host in a run: counted by what the host itself wrote down of the run's exchanges, each
 * action that succeeded.
 */
export async function effectsOn(
  cmc: Centre,
  {host, run, names}: {host: string; run: string; names: Names},
): Promise<Readonly<Record<string, number>>> {
  const exchanges = `cd /var/lib/selfhelp/exchange && grep -l '^${run} ' */of | while read -r of; do cat "\${of%/of}"/*.exit; done`
  const {out} = await onHost(cmc, host, 'sh', '-c', exchanges)
  const plain = Object.keys(names).reduce((text, id) => text.replaceAll(id, names[id] ?? ''), out)
  // HAProxy numbers the lines of its running list anew each time.
  const done = plain
    .replace(/(\.pem):\d+/g, '$1')
    .split('\n')
    .filter(line => line.startsWith('0 '))
  return Object.fromEntries(
    Object.entries(Object.groupBy(done, line => line.slice(2))).map(([of, all]) => [of, all?.length ?? 0]),
  )
}
