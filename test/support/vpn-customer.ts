import {readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {sshArgv} from '../../src/lab/enter.ts'
import {attempt} from '../../src/lab/local.ts'
import {knownHost, knownLab} from '../../src/lab/state.ts'
import type {Centre} from './centre.ts'

const packages = [
  'strongswan-swanctl',
  'charon-systemd',
  'libcharon-extra-plugins',
  'libstrongswan-standard-plugins',
  'strongswan-pki',
]
const server = `use IO::Socket::IP; use IO::Select;
my @s = map { my ($a, $p) = split /,/; IO::Socket::IP->new(LocalHost => $a, LocalPort => $p, Listen => 50, ReuseAddr => 1) or die "$a $p $!" } @ARGV;
my $sel = IO::Select->new(@s);
while (1) { for my $s ($sel->can_read) { my $c = $s->accept; print $c "220 hello\\r\\n"; close $c } }
`

/** A customer's network in one lab host: a strongSwan of theirs and servers behind it. */
export interface Customer {
  readonly host: string
  /** A shell script as root; gives what it printed. Throws when it ended badly. */
  run(script: string): Promise<string>
  /** Their device as the sheet says, with the key that was handed over; the rest of the sheet's text may be changed. */
  connects(vpn: string, change?: (text: string) => string): Promise<void>
  /** The same with certificates: chain and key of theirs, and who certifies us; all PEM. */
  certified(vpn: string, by: {readonly chain: string; readonly key: string; readonly ca: string}): Promise<void>
}

/** The key that is handed to the customer, as `vpn key` writes it. */
export async function keyOf(cmc: Centre, vpn: string): Promise<string> {
  const file = join(cmc.home, `${vpn.replace('/', '-')}.key`)
  const {exit} = await cmc.type('vpn', 'key', vpn, '--out', file)
  const key = exit === 0 ? readFileSync(file, 'utf8').trim() : ''
  rmSync(file, {force: true})
  return key
}

/** Installs what a customer's device is; its servers listen on these addresses and ports. */
export async function customer(cmc: Centre, host: string, listening: readonly string[]): Promise<Customer> {
  const run = async (script: string) => {
    const lab = await knownLab(cmc.lab)
    const there = sshArgv(lab, knownHost(lab, host), ['sh', '-c', script])
    // Packages take their time on a machine with much to do.
    const {ok, stdout, stderr, why} = await attempt(there, {timeout: 400_000})
    if (!ok) throw new Error(`on ${host}: ${why}\n${script}\n${stdout}${stderr}`)
    return stdout
  }
  const write = (path: string, text: string) => run(`umask 077; cat > ${path} <<'END_OF_FILE'\n${text}\nEND_OF_FILE`)
  await run(`export DEBIAN_FRONTEND=noninteractive; apt-get update -qq; apt-get install -y -qq --no-install-recommends ${packages.join(' ')} >/dev/null 2>&1
    rm -f /etc/strongswan.d/charon/{forecast,farp,dhcp,ha,led,unity,connmark}.conf
    printf 'kernel-libipsec {\\n load = yes\\n}\\n' > /etc/strongswan.d/charon/kernel-libipsec.conf
`)
  await write('/root/server.pl', server)
  // Their servers come back with the machine.
  const addresses = listening.map(each => `ExecStartPre=/usr/sbin/ip address replace ${each.split(',')[0]}/32 dev lo\n`)
  await write(
    '/etc/systemd/system/server.service',
    `[Service]\n${addresses.join('')}ExecStart=/usr/bin/perl /root/server.pl ${listening.join(' ')}\n[Install]\nWantedBy=multi-user.target`,
  )
  await run('systemctl -q enable --now server strongswan')
  return {
    host,
    run,
    connects: async (vpn, change = text => text) => {
      const sheet = await cmc.type('vpn', 'sheet', vpn, '--strongswan')
      const name = peerNameIn(sheet.out)
      await write(
        `/etc/swanctl/conf.d/${name}.conf`,
        change(sheet.out.replace('PUT THE KEY HERE', await keyOf(cmc, vpn))),
      )
      await run('systemctl restart strongswan')
    },
    certified: async (vpn, {chain, key, ca}) => {
      const sheet = await cmc.type('vpn', 'sheet', vpn, '--strongswan')
      const name = peerNameIn(sheet.out)
      const files = {[`x509/${name}.pem`]: chain, [`private/${name}.pem`]: key, 'x509ca/self-help-ca.pem': ca}
      for (const [path, text] of Object.entries(files)) await write(`/etc/swanctl/${path}`, text)
      await write(`/etc/swanctl/conf.d/${name}.conf`, sheet.out)
      await run('systemctl restart strongswan')
    },
  }
}

/** What the sheet calls the tunnel. */
const peerNameIn = (sheet: string): string => /self-help-[a-z0-9-]+/.exec(sheet)?.[0] ?? 'self-help'
