import {join} from 'node:path'
import {packageRoot} from '../src/root.ts'
import {must} from '../test/support/prepared.ts'
import {type VpnJourney, vpnJourney} from '../test/support/vpn-journey.ts'
import {type Compared, compare, program, type Side, within} from './pairs.ts'

const others = 199
const megabytes = 100

/** A VPN's throughput beside the least configuration by hand, and how long a change of it takes among 200. */
export async function vpn({pairs}: {pairs: number}): Promise<readonly Compared[]> {
  await using stack = new AsyncDisposableStack()
  const teardown = (work: () => unknown) => stack.defer(async () => void (await work()))
  const journey = await vpnJourney({teardown} as Parameters<typeof vpnJourney>[0], {name: '-bench'})
  await journey.applied('acme', 'cust-1')
  await journey.acme.connects('acme')
  const {state} = await journey.becomes('acme', ({state}) => state === 'up')
  if (state !== 'up') throw new Error(`the tunnel is ${state}`)
  await byHand(journey)
  const throughput = await compare({
    name: `${megabytes} MB through a tunnel`,
    ours: sending(journey, 'as agreed', '100.64.0.1 10.20.0.10'),
    peer: sending(journey, 'the least by hand', '10.250.0.1 10.251.0.1'),
    ...{atMost: 1 / 0.95, pairs},
  })
  await journey.onGateway(`rm /etc/swanctl/conf.d/bare.conf; ${crowd}`)
  const wholes: number[] = []
  const load = await compare({
    name: `load of one connection among ${others + 1}`,
    ours: editing(journey, true, wholes),
    peer: editing(journey, false),
    ...{atMost: 1.2, pairs},
  })
  const next = wholes.values()
  const whole = {name: 'vpn apply, less a start', run: async () => next.next().value ?? 0}
  const command = await within({name: 'vpn apply, beyond start-up', ours: whole, atMost: 1000, times: wholes.length})
  return [throughput, load, command]
}

/** The same cipher between the same two machines, and nothing around it. */
async function byHand({cmc, acme, onGateway}: VpnJourney): Promise<void> {
  const [ours, theirs] = await Promise.all([cmc.host('north-2'), cmc.host('cust-1')])
  const text = (here: string, there: string, [own, other]: readonly [string, string]) => `connections {
 bare { version = 2
  local_addrs = ${here}
  remote_addrs = ${there}
  proposals = aes256gcm16-prfsha384-ecp384
  local { auth = psk
   id = bare-${own} }
  remote { auth = psk
   id = bare-${other} }
  children { bare { local_ts = 10.${own}.0.1/32
    remote_ts = 10.${other}.0.1/32
    esp_proposals = aes256gcm16-ecp384 } } } }
secrets { ike-bare { id-1 = bare-250
  id-2 = bare-251
  secret = nobody-else-has-it } }`
  const there = text(theirs.address, ours.address, ['251', '250'])
  await acme.run(`ip address replace 10.251.0.1/32 dev lo; cat >/etc/swanctl/conf.d/bare.conf <<'END'\n${there}\nEND
swanctl --load-all >/dev/null 2>&1; systemctl stop server
systemd-run -q --unit=sink perl -e '${sink}' 10.20.0.10 10.251.0.1`)
  const here = text(ours.address, theirs.address, ['250', '251'])
  const said =
    await onGateway(`ip address replace 10.250.0.1/32 dev lo; cat >/etc/swanctl/conf.d/bare.conf <<'END'\n${here}\nEND
swanctl --load-all >/dev/null 2>&1; nft insert rule inet selfhelp output ip daddr 10.251.0.1 accept
swanctl --initiate --child bare 2>&1 | tail -n 1`)
  if (!/initiate completed/.test(said)) throw new Error(said)
}

const sink = `use IO::Socket::IP; use IO::Select;
my $all = IO::Select->new(map { IO::Socket::IP->new(LocalHost => $_, LocalPort => 636, Listen => 5, ReuseAddr => 1) or die $! } @ARGV);
while (1) { for my $s ($all->can_read) { my $c = $s->accept; my $b; 1 while sysread $c, $b, 1 << 20; print $c "taken\\n"; close $c } }`

const source = `use IO::Socket::IP; use Time::HiRes "time"; my ($from, $to, $mb) = @ARGV;
my $c = IO::Socket::IP->new(LocalHost => $from, PeerHost => $to, PeerPort => 636, Timeout => 10) or die $!;
open my $r, "<", "/dev/urandom"; read $r, my $block, 1 << 20; my $t = time;
for (1 .. $mb) { my $at = 0; $at += syswrite $c, $block, length($block) - $at, $at while $at < length $block }
shutdown $c, 1; <$c> eq "taken\\n" or die "cut off"; printf "%.1f", 1000 * (time - $t)`

function sending({onGateway}: VpnJourney, name: string, ends: string): Side {
  return {
    name,
    run: async () => {
      const took = Number(await onGateway(`perl -e '${source}' ${ends} ${megabytes}`))
      if (!(took > 0)) throw new Error(`nothing came through ${name}`)
      return took
    },
  }
}

/** More customers of the gateway, in a file that is put in its place or taken out; nobody answers them. */
const crowd = `cd /etc/swanctl; for n in $(seq 1 ${others}); do
sed -e "s/acme/many-$n/g" -e "s/10\\.20\\.0\\.0\\/16/172.20.$n.0\\/24/" -e "s/\\(remote_addrs = \\).*/\\1192.0.2.$n/" -e s/close_action.*/close_action=none/ conf.d/acme.conf; done >many`

/** The step that loads it; what the whole command took beyond a start is put into `wholes`. */
function editing(journey: VpnJourney, crowded: boolean, wholes: number[] = []): Side {
  const {cmc, agreed, onGateway} = journey
  const selfhelp = join(packageRoot(), 'bin/selfhelp')
  const start = program('explain', [selfhelp, 'explain', 'bug'])
  let edit = crowded ? 0 : 100
  return {
    name: crowded ? `with ${others} others` : 'alone',
    run: async () => {
      await onGateway(
        `cd /etc/swanctl; ${crowded ? 'cp many conf.d/many.conf' : 'rm -f conf.d/many.conf'}; swanctl --load-conns >/dev/null 2>&1`,
      )
      const change = (text: string) => text.replace('16}', `16}\n  - {network: 10.30.${edit++}.0/24}`)
      await must(cmc, 'vpn', 'add', await agreed('acme', 'cust-1', change), '--reason', 'bench')
      const least = await start.run()
      const exchanges = await sessions(journey)
      const began = performance.now()
      const {answer} = await cmc.json('vpn', 'apply', 'acme', '--reason', 'bench')
      wholes.push(performance.now() - began - least)
      const {steps} = (await cmc.json('run', 'show', answer.run)).answer as {steps: readonly Step[]}
      const parts = steps.map(step => `${step.name} ${tookOf(step)} ms`).join(', ')
      console.log(`    ${parts}; ${(await sessions(journey)) - exchanges} sessions on the gateway`)
      return steps.filter(({name}) => name === 'connection-is-loaded').reduce((sum, step) => sum + tookOf(step), 0)
    },
  }
}

interface Step {
  readonly name: string
  readonly startedAt: string
  readonly endedAt: string
}

const tookOf = ({startedAt, endedAt}: Step): number => Date.parse(endedAt) - Date.parse(startedAt)

/** One for each exchange, and one that is kept ready for the next. */
async function sessions({onGateway}: VpnJourney): Promise<number> {
  return Number(await onGateway('journalctl -q -t sudo | grep -c COMMAND || :'))
}
