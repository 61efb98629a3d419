import {readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import t, {type Test} from 'tap'
import {packageRoot} from '../../src/root.ts'
import {type Centre, centre} from '../support/centre.ts'
import {whyNoLab} from '../support/lab.ts'
import {diesOncePerStep} from '../support/lab-crash.ts'

t.setTimeout(900_000)
const why = await whyNoLab()

t.test('a tenant is the same whether its creation was killed in every step or never', {skip: why ?? false}, async t => {
  const cmc = await centre(t, '-crash', [{name: 'north', count: 1}])
  await prepared(t, cmc)
  const contract = contractOf(cmc)
  const create = ['tenant', 'create', 'acme', '--contract', contract]

  t.match(await cmc.json(...create), {exit: 0})
  const undisturbed = await facts(cmc)
  const removed = await cmc.type('tenant', 'remove', 'acme', '--confirm', 'acme')
  t.equal(removed.exit, 0, removed.err)

  const {answer} = await cmc.json(...create, '--detach')
  await diesOncePerStep(t, cmc, answer.run)
  t.strictSame(await facts(cmc), undisturbed)
  t.equal((await cmc.type('host', 'drift', '--all')).exit, 0, 'hosts have not drifted')
  t.equal((await cmc.type('environment', 'drift')).exit, 0, 'environments have not drifted')
})

async function prepared(t: Test, cmc: Centre): Promise<void> {
  t.equal((await cmc.type('init', '--operator', 'jane.doe@cmc.test')).exit, 0)
  const dates = ['--iso27001', '2099-06-30', '--soc2', '2099-03-31']
  await cmc.type('site', 'add', 'north', '--country', 'FR', '--tier', '3+', ...dates)
  const {hostKey} = await cmc.host('north-1')
  const roles = await cmc.adopting('north-1', 'edge', 'presentation', 'edition', 'database')
  const added = await cmc.type('host', 'add', 'north-1', ...roles, '--host-key', hostKey)
  t.equal(added.exit, 0, added.err)
  t.equal((await cmc.type('host', 'apply', '--all')).exit, 0)
  t.equal((await cmc.type('release', 'build')).exit, 0)
}

/** The reference contract with one environment at one site. */
function contractOf(cmc: Centre): string {
  const file = join(dirname(cmc.home), 'acme.yaml')
  const text = readFileSync(join(packageRoot(), 'examples/acme.yaml'), 'utf8')
  writeFileSync(file, text.replace(/, secondary: south/, '').replace(/^ +qualification.*\n/m, ''))
  return file
}

/** What is generated anew for each tenant, and so differs: by path. */
const generated = ['*.pem', '*.key', '*.crt', '*/secret/*', '*/secrets/*', '*password*', '*.new', '*/crt-list*']

/** Packages, accounts, files by path, mode and hash, units, clusters, roles, ports, rulesets; the environment's id is `ENV`. */
async function facts(cmc: Centre): Promise<readonly string[]> {
  const {answer} = await cmc.json('environment', 'list')
  const id: string = answer.items[0]?.id ?? 'none'
  const own = ['/var/log', '/var/cache', '/var/lib/systemd', '/var/lib/selfhelp/exchange', '/var/lib/selfhelp/epoch']
  const apart = [...own, '/var/lib/postgresql', '/var/tmp/systemd-private-*', '/var/lib/apt', '/var/lib/dpkg']
    .map(path => `-path ${path}`)
    .join(' -o ')
  const unequal = generated.map(name => `-path '${name}'`).join(' -o ')
  const script = [
    'dpkg -l | grep ^ii',
    'getent passwd | cut -d: -f1,5-',
    'getent group | cut -d: -f1,4',
    `find /etc /opt /var /home /root \\( ${apart} \\) -prune -o -printf '%y %m %u:%g %p\\n'`,
    `find /etc /opt /var /home /root \\( ${apart} -o ${unequal} \\) -prune -o -type f -print | grep -F ${id} | while read -r file; do printf '%s %s\\n' "$(sed 's/${id}/ENV/g' "$file" | sha256sum)" "$file"; done`,
    `systemctl list-unit-files --no-legend '${id}*' 'postgresql@*'`,
    // systemd-timedated answers the preflight and ends by itself when nobody asks it more.
    "systemctl list-units --all --plain --no-legend --type=service | grep -v '^systemd-timedated' | awk '{print $1, $3, $4}'",
    "pg_lsclusters -h | awk '{print $1, $2, $3, $4, $5, $6}'",
    "ss -Hltn | awk '{print $4}'",
    'nft list ruleset',
  ].join('; ')
  const {out} = await cmc.type(
    'lab',
    'ssh',
    'north-1',
    '--lab',
    cmc.lab,
    '--',
    'sh',
    '-c',
    `{ ${script}; } 2>/dev/null`,
  )
  return out
    .replaceAll(id, 'ENV')
    .split('\n')
    .filter(line => !/session|user@|user-runtime/.test(line))
    .sort()
}
