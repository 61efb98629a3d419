// What asks an edge for more than it should, in Perl, which every Debian has.
import {get} from 'node:https'

/** What the edge answers that name, on a connection of its own. */
export function asked(host: string, servername: string, {asks = '/', agent = 'Firefox'} = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      host,
      servername,
      path: asks,
      headers: {host: servername, 'user-agent': agent},
      rejectUnauthorized: false,
      agent: false,
      timeout: 30_000,
    }
    get(options, answer => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
      .on('error', reject)
      .on('timeout', () => reject(new Error('timeout')))
  })
}

/** From each of these addresses as many requests as are answered, until one is refused for it; at most a minute. */
export const floodOf = (edge: string, sources: readonly string[]): string => `cat > /root/flood.pl <<'END_OF_FILE'
use IO::Socket::IP;
$SIG{PIPE} = 'IGNORE';
my ($edge, $from) = @ARGV; my $until = time + 60; my %seen;
while (time < $until && !$seen{429}) {
  my $s = IO::Socket::IP->new(PeerHost => $edge, PeerPort => 80, LocalHost => $from, Timeout => 20) or next;
  for (1 .. 20) {
    last if $seen{429};
    print $s "GET / HTTP/1.1\\r\\nHost: acme.ezvsaas.test\\r\\n\\r\\n" x 200; $s->flush;
    for (my $got = 0; $got < 200 && defined(my $line = <$s>); ) { if ($line =~ m{^HTTP/1.1 (\\d+)}) { $seen{$1}++; $got++ } last if $seen{429} }
  }
}
print "$from: ", join(' ', map { "$_=$seen{$_}" } sort keys %seen), "\\n";
END_OF_FILE
for each in ${sources.join(' ')}; do
  perl /root/flood.pl ${edge} $each &
  timeout 60 curl -sk -Z --parallel-max 30 --http1.1 --interface $each -o /dev/null --resolve acme.ezvsaas.test:443:${edge} 'https://acme.ezvsaas.test/?[1-3000]' &
done
wait`

/** A head that never ends. */
export const slowHead = (edge: string): string =>
  `perl -MIO::Socket::IP -e 'my $s = IO::Socket::IP->new(PeerHost => "${edge}", PeerPort => 80) or die; print $s "GET / HTTP/1.1\\r\\nHost: a"; $s->flush; print scalar <$s>'`

/** As many at once as nobody needs, none of which says anything. */
export const manyConnections = (edge: string, from: string): string =>
  `ulimit -n 4096; perl -MIO::Socket::IP -e 'my @held; for (1 .. 1100) { push @held, IO::Socket::IP->new(PeerHost => "${edge}", PeerPort => 80, LocalHost => "${from}", Timeout => 20) }'`

/** Connections that the edge has refused, as HAProxy counts them. */
export const refusals: string = `use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new('/run/haproxy/admin.sock') or die; print $s "show stat\\n";
my ($at, $sum) = (-1, 0);
while (<$s>) { chomp; my @f = split /,/; if (/^# /) { ($at) = grep { $f[$_] eq 'dcon' } 0 .. $#f } elsif ($at >= 0 && ($f[1] // '') eq 'FRONTEND') { $sum += $f[$at] || 0 } }
print $sum`
