import {X509Certificate} from 'node:crypto'
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Centre} from './centre.ts'
import {asRoot} from './lab.ts'

/** A lab host that is nobody of ours: Debian's pebble as an authority with EAB and bad nonces, and knot as name server. */
export interface AcmeHost {
  readonly directory: string
  /** PEM files: what pebble's own server is trusted by, and the root its certificates lead to. */
  readonly root: string
  readonly issues: string
  readonly kid: string
  /** File with the key of that account. */
  readonly eabKey: string
  readonly address: string
  /** As nsupdate takes it; may change `_acme-challenge` names only. */
  readonly tsig: string
  /** Runs a command there as root. */
  run(...words: readonly string[]): Promise<string>
  /** What pebble knows of a certificate: `{Status, Reason}`. */
  // biome-ignore lint/suspicious/noExplicitAny: pebble's own words
  standing(pem: string): Promise<any>
  /** Writes a file there. */
  write(path: string, content: string): Promise<void>
}

const eab = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W'
const tsigSecret = 'c2VjcmV0LW9mLXRoZS1sYWItYW5kLW9mLW5vYm9keS1lbHNl'

/** Sets both up. `names` are host names with the address they have, all below the zones given. */
export async function acmeHost(
  cmc: Pick<Centre, 'lab' | 'home' | 'host'>,
  host: string,
  {zones, names}: {zones: readonly string[]; names: Readonly<Record<string, string>>},
): Promise<AcmeHost> {
  const {address} = await cmc.host(host)
  const run = async (...words: readonly string[]) => {
    const {ok, stdout, stderr} = await asRoot(cmc.lab, host, words)
    if (!ok) throw new Error(`${words.join(' ').slice(0, 200)} on ${host}: ${`${stdout}\n${stderr}`.slice(-1500)}`)
    return stdout
  }
  const write = async (path: string, content: string) => {
    const base64 = Buffer.from(content).toString('base64')
    await run('sh', '-c', `mkdir -p ${dirname(path)} && echo ${base64} | base64 -d > ${path}`)
  }
  await run(
    'sh',
    '-c',
    'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q -o Acquire::Retries=5 -o DPkg::Lock::Timeout=300 --no-install-recommends pebble knot openssl',
  )
  await nameServer({run, write}, {zones, names})
  await pebble({run, write}, address)
  const folder = join(dirname(cmc.home), 'acme')
  mkdirSync(folder, {recursive: true})
  const kept = (name: string, content: string) => {
    const file = join(folder, name)
    writeFileSync(file, content)
    chmodSync(file, 0o600)
    return file
  }
  const root = kept('server.pem', await run('cat', '/etc/pebble/cert.pem'))
  const issues = kept(
    'root.pem',
    await run(
      'curl',
      '-sSk',
      '--retry',
      '20',
      '--retry-connrefused',
      '--retry-delay',
      '1',
      'https://127.0.0.1:15000/roots/0',
    ),
  )
  const tsig = kept('tsig', `key "acme" { algorithm hmac-sha256; secret "${tsigSecret}"; };\n`)
  return {
    directory: `https://${address}:14000/dir`,
    root,
    issues,
    kid: 'kid-1',
    eabKey: kept('eab', eab),
    address,
    tsig,
    run,
    write,
    standing: async pem => {
      const serial = new X509Certificate(pem).serialNumber.toLowerCase()
      return JSON.parse(await run('curl', '-sSk', `https://127.0.0.1:15000/cert-status-by-serial/${serial}`))
    },
  }
}

type Hands = Pick<AcmeHost, 'run' | 'write'>

async function pebble({run, write}: Hands, address: string): Promise<void> {
  const certificate = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=pebble -addext subjectAltName=IP:${address} -keyout /etc/pebble/key.pem -out /etc/pebble/cert.pem`
  const listen = {
    listenAddress: '0.0.0.0:14000',
    managementListenAddress: '127.0.0.1:15000',
    httpPort: 80,
    tlsPort: 443,
  }
  const files = {certificate: '/etc/pebble/cert.pem', privateKey: '/etc/pebble/key.pem'}
  const bound = {externalAccountBindingRequired: true, externalAccountMACKeys: {'kid-1': eab}}
  await write(
    '/etc/pebble/config.json',
    JSON.stringify({pebble: {...listen, ...files, ocspResponderURL: '', ...bound}}),
  )
  await run('sh', '-c', `${certificate} 2>/dev/null`)
  await write(
    '/etc/systemd/system/pebble.service',
    '[Service]\nEnvironment=PEBBLE_WFE_NONCEREJECT=20 PEBBLE_VA_NOSLEEP=1 PEBBLE_AUTHZREUSE=0\nExecStart=/usr/bin/pebble -config /etc/pebble/config.json -dnsserver 127.0.0.1:53\n',
  )
  await run('sh', '-c', 'systemctl daemon-reload && systemctl restart pebble')
  await sleep(300)
}

async function nameServer(
  {run, write}: Hands,
  {zones, names}: {zones: readonly string[]; names: Readonly<Record<string, string>>},
) {
  for (const zone of zones) {
    const own = Object.entries(names).filter(([name]) => name.endsWith(`.${zone}`))
    const records = own.map(([name, address]) => `${name}. 60 A ${address}`)
    await write(
      `/var/lib/knot/${zone}.zone`,
      [
        `${zone}. 60 SOA ns.${zone}. root.${zone}. 1 60 60 600 60`,
        `${zone}. 60 NS ns.${zone}.`,
        `ns.${zone}. 60 A 127.0.0.1`,
        ...records,
        '',
      ].join('\n'),
    )
  }
  const challenges = Object.keys(names).map(name => `_acme-challenge.${name}.`)
  await write(
    '/etc/knot/knot.conf',
    `server:
  listen: 0.0.0.0@53
key:
  - id: acme
    algorithm: hmac-sha256
    secret: ${tsigSecret}
acl:
  - id: acme
    key: acme
    action: update
    update-owner: name
    update-owner-match: equal
    update-owner-name: [${challenges.map(name => JSON.stringify(name)).join(', ')}]
zone:
${zones.map(zone => `  - domain: ${zone}\n    file: /var/lib/knot/${zone}.zone\n    acl: acme\n    journal-content: all\n    zonefile-load: difference\n    zonefile-sync: -1\n`).join('')}`,
  )
  await run('sh', '-c', 'chown -R knot:knot /var/lib/knot && systemctl restart knot')
}
