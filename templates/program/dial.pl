# MILLISECONDS ADDRESS,PORT…: opens a TCP connection to each, all at once, and prints `address,port result` for each:
# `passes`, `refused` (let through, nobody listens), `forbidden` (by our own firewall), `no-answer`, `no-route`.
use strict;
use Errno qw(EINPROGRESS);
use Fcntl qw(F_SETFL O_NONBLOCK);
use IO::Select;
use POSIX ();
use Socket qw(AI_NUMERICHOST SOCK_STREAM SOL_SOCKET SO_ERROR getaddrinfo);
my ($patience, @targets) = @ARGV;
while (my @some = splice @targets, 0, 500) {
  my %open;
  for my $target (@some) {
    my ($address, $port) = $target =~ /^(.+),(\d+)$/ or next;
    my ($strange, $their) = getaddrinfo($address, $port, {flags => AI_NUMERICHOST, socktype => SOCK_STREAM});
    if ($strange || !socket(my $socket, $their->{family}, SOCK_STREAM, 0)) { told($target, 22) }
    else {
      fcntl $socket, F_SETFL, O_NONBLOCK;
      if (connect($socket, $their->{addr}) || $! == EINPROGRESS) { $open{fileno $socket} = [$socket, $target] }
      else { told($target, $! + 0) }
    }
  }
  my $select = IO::Select->new(map { $_->[0] } values %open);
  my $until = ticks() + $patience;
  while ($select->count && ticks() < $until) {
    for my $socket ($select->can_write(($until - ticks()) / 1000)) {
      my $target = (delete $open{fileno $socket})->[1];
      $select->remove($socket);
      told($target, unpack 'i', getsockopt $socket, SOL_SOCKET, SO_ERROR);
      close $socket;
    }
  }
  print "$_->[1] no-answer\n" for values %open;
}

sub ticks { (POSIX::times())[0] * 10 }

sub told {
  my %words = (0 => 'passes', 1 => 'forbidden', 13 => 'forbidden', 101 => 'no-route', 111 => 'refused', 113 => 'no-route');
  my ($target, $error) = @_;
  print "$target ", $words{$error} // "error-$error", "\n";
}
