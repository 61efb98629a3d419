# FROM TO: for each file FROM/NAME.probe opens a TCP connection to every server it lists (`server address port source`),
# all at once, and adds a line `seconds server result milliseconds` each to TO/NAME; the last 240 lines stay.
# With names after FROM TO, only those. perl-base is on every Debian.
use strict;
use Errno qw(EINPROGRESS);
use Fcntl qw(F_SETFL O_NONBLOCK);
use IO::Select;
use POSIX ();
use Socket qw(AI_NUMERICHOST SOCK_STREAM SOL_SOCKET SO_ERROR getaddrinfo);
my ($from, $to, @names) = @ARGV;
my $patience = 5000;
@names = map { m{([^/]+)\.probe$} } glob "$from/*.probe" unless @names;
my (@found, %open);
for my $name (@names) {
  open my $file, '<', "$from/$name.probe" or next;
  while (my $line = <$file>) {
    my ($server, $address, $port, $source) = split ' ', $line;
    my ($socket, $error) = begun($address, $port, $source);
    if ($error) { push @found, [$name, $server, said($error), 0] }
    else { $open{fileno $socket} = [$socket, $name, $server, ticks()] }
  }
}
my $select = IO::Select->new(map { $_->[0] } values %open);
my $until = ticks() + $patience;
while ($select->count && ticks() < $until) {
  for my $socket ($select->can_write(($until - ticks()) / 1000)) {
    my (undef, $name, $server, $began) = @{delete $open{fileno $socket}};
    $select->remove($socket);
    my $error = unpack 'i', getsockopt $socket, SOL_SOCKET, SO_ERROR;
    push @found, [$name, $server, $error ? said($error) : 'passes', ticks() - $began];
    close $socket;
  }
}
push @found, [$_->[1], $_->[2], 'no-answer', $patience] for values %open;
my $now = time;
for my $name (@names) {
  my @all;
  if (open my $before, '<', "$to/$name") { @all = <$before> }
  push @all, map { "$now $_->[1] $_->[2] $_->[3]\n" } grep { $_->[0] eq $name } @found;
  splice @all, 0, @all - 240 if @all > 240;
  open my $new, '>', "$to/$name.$$" or die "$to/$name.$$: $!\n";
  print $new @all;
  close $new and rename "$to/$name.$$", "$to/$name";
}

sub begun {
  my ($address, $port, $source) = @_;
  my ($unknown, $their) = getaddrinfo($address, $port, {flags => AI_NUMERICHOST, socktype => SOCK_STREAM});
  my ($strange, $our) = getaddrinfo($source, 0, {flags => AI_NUMERICHOST, socktype => SOCK_STREAM});
  return (undef, 22) if $unknown || $strange;
  socket my $socket, $their->{family}, SOCK_STREAM, 0 or return (undef, $! + 0);
  fcntl $socket, F_SETFL, O_NONBLOCK;
  bind $socket, $our->{addr} or return (undef, $! + 0);
  connect $socket, $their->{addr} or $! == EINPROGRESS or return (undef, $! + 0);
  return ($socket, 0);
}

# Milliseconds of a clock that only goes forward, a hundred times a second.
sub ticks { (POSIX::times())[0] * 10 }

sub said {
  my %words = (1 => 'forbidden', 13 => 'forbidden', 99 => 'no-address', 101 => 'no-route', 111 => 'refused', 113 => 'no-route');
  return $words{$_[0]} // "error-$_[0]";
}
