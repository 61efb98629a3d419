// Programs for `perl -e` on a host: exit 0 when the kernel lets them, else 7.
const socket = (given: string) => `use IO::Socket::INET; my $s = IO::Socket::INET->new(${given});`

/** Listens on a port of loopback. */
export const listens = (port: number): string =>
  `${socket(`LocalAddr => "127.0.0.1", LocalPort => ${port}, Listen => 1, ReuseAddr => 1`)} exit($s ? 0 : 7)`

/** Connects over TCP. */
export const connects = (address: string, port: number): string =>
  `${socket(`PeerAddr => "${address}", PeerPort => ${port}, Timeout => 2`)} exit($s ? 0 : 7)`

/** Sends a packet over UDP; a firewall that drops it says so at once. */
export const sends = (address: string, port: number): string =>
  `${socket(`Proto => "udp", PeerAddr => "${address}", PeerPort => ${port}`)} exit(defined $s->send("x") ? 0 : 7)`

/** Listens on a port of loopback and connects to itself there. */
export const answered = (port: number): string =>
  `${socket(`LocalAddr => "127.0.0.1", LocalPort => ${port}, Listen => 1`)} exit(1) unless $s; my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => ${port}, Timeout => 2); exit($c ? 0 : 7)`
