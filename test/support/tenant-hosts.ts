import {readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Test} from 'tap'
import {packageRoot} from '../../src/root.ts'
import type {Centre} from './centre.ts'
import {hostsAreApplied} from './prepared.ts'

const every = ['edge', 'presentation', 'edition', 'database']
export const acmeFile = join(packageRoot(), 'examples/acme.yaml')

/** A control plane, two sites, and their hosts ready for tenants; a release is built. */
export async function readyForTenants(t: Test, cmc: Centre): Promise<void> {
  const dates = ['--iso27001', '2099-06-30', '--soc2', '2099-03-31']
  t.equal((await cmc.type('init', '--operator', 'jane.doe@cmc.test')).exit, 0)
  for (const site of ['north', 'south'])
    await cmc.type('site', 'add', site, '--country', 'FR', '--tier', '3+', ...dates)
  for (const {name, site, hostKey} of (await cmc.status()).hosts) {
    const roles = site === 'north' ? every : ['repository']
    const added = await cmc.type('host', 'add', name, ...(await cmc.adopting(name, ...roles)), '--host-key', hostKey)
    t.equal(added.exit, 0, `${name} is adopted`)
  }
  await hostsAreApplied(cmc)
  t.equal((await cmc.type('release', 'build')).exit, 0, 'there is a release')
}

/** A contract like the example's, of another tenant with production only. */
export function contractOf(cmc: Centre, tenant: string): string {
  const file = join(dirname(cmc.home), `${tenant}.yaml`)
  const text = readFileSync(acmeFile, 'utf8').replace('tenant: acme', `tenant: ${tenant}`)
  writeFileSync(file, text.replace(/^ +qualification.*\n/m, ''))
  return file
}

/** A command on a lab host's own console. */
export function onHost(cmc: Centre, host: string, ...argv: readonly string[]) {
  return cmc.type('lab', 'ssh', host, '--lab', cmc.lab, '--', ...argv)
}

/**
 * What is on a host that a tenant could leave: files with mode and, under the folders of environments and units, their
 * hash; accounts, units, clusters, listening ports, rules. The host's own bookkeeping and journald are apart.
 */
export async function hostFacts(
  cmc: Centre,
  host: string,
  names: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const own = [
    '/var/log/journal',
    '/var/tmp',
    '/var/cache',
    '/var/lib/systemd',
    '/var/lib/selfhelp/exchange',
    '/var/lib/selfhelp/epoch',
    // What jobs said is kept for two days.
    '/var/lib/selfhelp/job',
  ]
  const apart = own.map(path => `-path ${path}`).join(' -o ')
  const renamed = Object.entries(names)
    .map(([value, name]) => `-e s/${value}/${name}/g`)
    .join(' ')
  const script = [
    `find /etc /opt /var /home /root /run/selfhelp \\( ${apart} \\) -prune -o -printf '%y %m %u:%g %p\\n'`,
    // Keys, certificates and passwords are made anew for each environment.
    `for f in $(find /etc/selfhelp /etc/systemd/system /etc/haproxy -type f ! -name '*.pem' ! -name '*.crt' ! -name '*.key' ! -name '*password*'); do echo "$f $(sed ${renamed || "-e ''"} "$f" | sha256sum)"; done`,
    'getent passwd | cut -d: -f1,5-',
    'getent group | cut -d: -f1,4',
    "systemctl list-unit-files --no-legend 'e*-*' 'postgresql@*'",
    // systemd-timedated answers the preflight and ends by itself when nobody asks it more.
    "systemctl list-units --all --plain --no-legend --type=service | grep -v '^systemd-timedated' | awk '{print $1, $4}'",
    "ss -Hltn | awk '{print $4}'",
    'pg_lsclusters -h',
    'nft list ruleset',
  ].join('; ')
  const {out} = await onHost(cmc, host, 'sh', '-c', `{ ${script}; } 2>/dev/null`)
  const replaced = Object.entries(names).reduce((text, [value, name]) => text.replaceAll(value, name), out)
  return replaced.split('\n').sort()
}
