import {setTimeout as sleep} from 'node:timers/promises'
import t, {type Test} from 'tap'
import {attempt} from '../../src/lab/local.ts'
import {openLedger} from '../../src/ledger/open.ts'
import type {VpnStatus} from '../../src/vpn/status.ts'
import {whyNoLab} from '../support/lab.ts'
import {must} from '../support/prepared.ts'
import {onHost} from '../support/tenant-hosts.ts'
import {vpnJourney} from '../support/vpn-journey.ts'
import {manyCustomers} from '../support/vpn-many.ts'
import {binding, mailing, talking} from '../support/vpn-talk.ts'
import {tenantRow} from '../support/vpn-world.ts'

t.setTimeout(1_500_000)
const why = await whyNoLab()

t.test('traffic through VPNs', {skip: why ?? false, timeout: 1_450_000}, async t => {
  const journey = await vpnJourney(t, {name: '-vpnt', south: 1})
  const {cmc, acme, globex, applied, onGateway, becomes, stateOf} = journey
  const up = async (vpn: string) => t.equal((await becomes(vpn, ({state}) => state === 'up')).state, 'up')
  const ledger = await openLedger({home: cmc.home, env: {}})
  t.teardown(() => ledger.close())
  const pinging = async (from: string, to: string) => {
    await onGateway(
      `systemctl reset-failed stream 2>/dev/null; systemd-run -q --unit=stream ping -q -i 0.1 -I ${from} ${to}`,
    )
    return async () => {
      const ends = 'while systemctl is-active -q stream; do sleep 0.2; done; journalctl --sync'
      await onGateway(`systemctl kill -s INT stream; ${ends}`)
      const summary = await onGateway('journalctl -u stream -o cat --no-pager | tail -4')
      const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(summary) ?? []
      // The last one may be on its way when it is told to end.
      return {sent: Number(sent), lost: Math.max(0, Number(sent) - Number(received) - 1), summary}
    }
  }
  const nothingLost = (t: Test, {sent, lost, summary}: {sent: number; lost: number; summary: string}) =>
    t.ok(sent > 20 && lost === 0, summary)

  await t.test('keys are renewed in the middle of 100 MB, and not a byte or a packet is lost', async t => {
    const files = '  - {name: files, purpose: tickets, address: 10.20.0.30, port: 8443}\n'
    await applied('acme', 'cust-1', text => text.replace('servers:\n', `servers:\n${files}`))
    await acme.connects('acme')
    // The second half is sent when it is told to: between the halves keys are renewed.
    const sum = await acme.run(`ip address replace 10.20.0.30/32 dev lo
      head -c 104857600 /dev/urandom > /root/file
      cat > /root/sender.pl <<'END_OF_FILE'
use IO::Socket::IP;
my $s = IO::Socket::IP->new(LocalHost => '10.20.0.30', LocalPort => 8443, Listen => 5, ReuseAddr => 1) or die $!;
while (my $c = $s->accept) {
  open my $f, '<:raw', '/root/file';
  my $sent = 0;
  while (read $f, my $part, 65536) {
    print $c $part or last;
    $sent += length $part;
    select undef, undef, undef, 0.05 while $sent == 52428800 && !-e '/root/go';
  }
  close $c;
}
END_OF_FILE
      systemd-run -q --unit=sender perl /root/sender.pl
      sha256sum < /root/file`)
    await becomes('acme', ({state}) => state !== 'down')
    const stopped = await pinging('100.64.0.1', '10.20.0.10')
    const fetched = onHost(cmc, 'north-1', 'bash', '-c', 'exec 3<>/dev/tcp/10.20.0.30/8443; sha256sum <&3')
    const spis = new Set<string | undefined>()
    for (let time = 0; time < 3; time++) {
      await must(cmc, 'vpn', 'rekey', 'acme', '--reason', 'test')
      spis.add((await stateOf('acme')).tunnels[0]?.children.find(({state}) => state === 'INSTALLED')?.spi)
    }
    await acme.run('touch /root/go')
    t.equal((await fetched).out.trim(), sum.trim())
    t.equal(spis.size, 3, 'each time with new keys')
    nothingLost(t, await stopped())
    await acme.run('rm /root/file')
  })

  await t.test('a sign-in and a mail are below 1 kB each through the tunnel (R087, R088)', async t => {
    await onGateway('systemctl stop selfhelp-vpn-probe.timer')
    await acme.run(`systemctl stop server; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slapd >/dev/null 2>&1; systemctl stop slapd
      mkdir -p /root/ldap; cat > /root/slapd.conf <<'END_OF_FILE'
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=acme,dc=test"
rootdn "cn=jane.doe,ou=people,dc=acme,dc=test"
rootpw secret-of-jane
directory /root/ldap
END_OF_FILE
      systemd-run -q --unit=directory slapd -d 0 -u root -f /root/slapd.conf -h ldap://10.20.0.10:636
      cat > /root/smtp.pl <<'END_OF_FILE'
use IO::Socket::IP;
my $s = IO::Socket::IP->new(LocalHost => '10.20.0.25', LocalPort => 465, Listen => 5, ReuseAddr => 1) or die $!;
while (my $c = $s->accept) {
  print $c "220 mail.acme.test ESMTP\\r\\n";
  while (my $line = <$c>) {
    if ($line =~ /^DATA/) {
      print $c "354 go on\\r\\n";
      while (my $text = <$c>) { last if $text eq ".\\r\\n" }
    } elsif ($line =~ /^QUIT/) { print $c "221 bye\\r\\n"; last }
    print $c "250 ok\\r\\n";
  }
  close $c;
}
END_OF_FILE
      systemd-run -q --unit=post perl /root/smtp.pl
      for port in 636 465; do until ss -Hltn "sport = :$port" | grep -q .; do sleep 0.1; done; done`)
    const carried = async () =>
      (await stateOf('acme')).tunnels
        .flatMap(({children}) => children)
        .reduce((sum, {bytesIn, bytesOut}) => sum + bytesIn + bytesOut, 0)
    const talked = async (address: string, talk: string) => {
      const before = await carried()
      const {out} = await onHost(cmc, 'north-1', 'perl', '-e', `${talking}${talk}`, address)
      return {out, bytes: (await carried()) - before}
    }
    const bind = await talked('10.20.0.10,636', binding)
    t.equal(bind.out, 'bound\n', 'the directory has checked the password')
    t.ok(bind.bytes > 0 && bind.bytes < 1000, `${bind.bytes} bytes with all that TCP adds, for a sign-in`)
    const wrong = await talked('10.20.0.10,636', binding.replace('secret-of-jane', 'another-secret'))
    t.equal(wrong.out, 'refused\n', 'and refuses another')
    const mail = await talked('10.20.0.25,465', mailing)
    const [, size = '0'] = /^mailed (\d+)/.exec(mail.out) ?? []
    t.ok(Number(size) > 0 && Number(size) < 1000, `${size} bytes of a mail; ${mail.bytes} with SMTP and TCP`)
    await acme.run('systemctl stop directory post; systemctl start server')
    await onGateway('systemctl start selfhelp-vpn-probe.timer')
  })

  await t.test('a private line carries, and one without carrier is told as such', async t => {
    const pids = await Promise.all(['north-2', 'cust-2'].map(async name => (await cmc.host(name)).pid))
    const ends = ['type', 'veth', 'peer', 'name', 'line0', 'netns', `${pids[1]}`]
    t.ok((await attempt(['ip', 'link', 'add', 'line0', 'netns', `${pids[0]}`, ...ends])).ok)
    await onGateway('ip address add 172.31.0.1/30 dev line0; ip link set line0 up')
    await globex.run(`ip address add 172.31.0.2/30 dev line0; ip link set line0 up; ip address add 10.60.0.10/32 dev lo
      ip route replace 100.64.0.0/16 via 172.31.0.1; systemd-run -q --unit=line perl /root/server.pl 10.60.0.10,636`)
    await tenantRow(ledger, 'initech', {vpn: 'private'})
    await applied('initech', 'cust-2', text =>
      text
        .replace(
          'type: ipsec',
          'type: private-line\nline: {interface: line0, nextHop: 172.31.0.2, carrier: Orange, leadDays: 28}',
        )
        .replace(/peer:\n.*\n.*\n/, '')
        .replace('authentication: {method: psk}\n', '')
        .replace('10.20.0.0/16', '10.60.0.0/16')
        .replace('10.20.0.10', '10.60.0.10')
        .replace(/ {2}- \{name: mail.*\n/, ''),
    )
    await up('initech')
    const hears = await onHost(
      cmc,
      'north-1',
      'timeout',
      '20',
      'bash',
      '-c',
      'exec 3<>/dev/tcp/10.60.0.10/636; head -1 <&3',
    )
    t.match(hears.out, '220 hello', 'the application reaches the server through it')
    await globex.run('ip link set line0 down')
    t.match(await becomes('initech', ({state}) => state === 'down'), {
      fault: {layer: 'reach', side: 'between', sentence: /Orange/},
    })
    await globex.run('ip link set line0 up; ip route replace 100.64.0.0/16 via 172.31.0.1')
    await up('initech')
    await onGateway('ip link delete line0')
    t.match(await becomes('initech', ({state}) => state === 'down'), {
      fault: {layer: 'reach', side: 'ours', sentence: /line0/},
    })
    await must(cmc, 'vpn', 'remove', 'initech', '--confirm', 'initech/north', '--reason', 'ended')
  })

  await t.test('the second site has a tunnel of its own, and the doctor says where it is missing (R098)', async t => {
    const sites = {sites: {primary: 'north', secondary: 'south'}}
    await ledger.all`update tenant set contract = contract || ${sites} where name = 'acme'`
    const missing = async () =>
      (await cmc.json('doctor', '--all')).answer.items.some(({check}: {check: string}) => check === 'second-vpn')
    t.ok(await missing())
    await applied('acme', 'cust-1', text => text.replace('site: north', 'site: south'))
    t.notOk(await missing())
    await acme.connects('acme/south')
    await up('acme/south')
    await up('acme/north')
  })

  await t.test('twenty customers on one gateway: twenty edits of one cost its neighbour no packet', async t => {
    await becomes('acme/north', ({state}) => state === 'up')
    const many = await manyCustomers(cmc, globex, 20)
    t.teardown(many.close)
    const states = async () => {
      await onGateway('systemctl start selfhelp-vpn-probe.service')
      const items: readonly VpnStatus[] = (await cmc.json('vpn', 'status')).answer.items
      return items.filter(({vpn}) => vpn.startsWith('many-')).map(({state}) => state)
    }
    for (const until = Date.now() + 180_000; (await states()).some(state => state !== 'up') && Date.now() < until; )
      await sleep(1000)
    t.same([...new Set(await states())], ['up'], 'all are up')
    const {inner} = (await cmc.json('vpn', 'show', 'many-101')).answer
    const association = () => onGateway('swanctl --list-sas --ike many-101 2>/dev/null | head -1')
    const before = await association()
    const stopped = await pinging(inner[0], '10.101.0.10')
    await many.edit()
    nothingLost(t, await stopped())
    t.equal(await association(), before, 'it is the same association')
    for (const until = Date.now() + 180_000; (await states()).some(state => state !== 'up') && Date.now() < until; )
      await sleep(1000)
    t.same([...new Set(await states())], ['up'], 'and all are up again')
  })
})
