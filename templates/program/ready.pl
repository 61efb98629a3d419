# SECONDS SOCKET…: waits until every service behind these sockets says that it is ready. Prints what the others say.
# Exits 0 when all are ready, 3 when the time is over. perl-base is on every Debian; a Node start costs more.
use strict;
use IO::Socket::UNIX;
my ($seconds, @waiting) = @ARGV;
my $deadline = time + $seconds;
my %said;
# Whoever answers may be a customer's program gone bad: it is given neither for ever nor all the memory.
alarm $seconds + 30;
for (;;) {
  @waiting = grep { !ready($_) } @waiting;
  exit 0 unless @waiting;
  last if time >= $deadline;
  select undef, undef, undef, 0.05;
}
print "$_: $said{$_}\n" for @waiting;
exit 3;

sub ready {
  my ($path) = @_;
  my $socket = IO::Socket::UNIX->new(Peer => $path) or do { $said{$path} = "$!"; return 0 };
  print $socket "GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n";
  read $socket, my $answer, 65_536;
  return 1 if $answer =~ m{^HTTP/1\.[01] 200 };
  ($said{$path}) = $answer =~ /\r\n\r\n(.*)/s;
  return 0;
}
