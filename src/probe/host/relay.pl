# Carries TCP connections for a control plane that is elsewhere; needs nothing but perl-base.
# In:  o ID ADDRESS PORT | d ID HEX | e ID (no more from us) | c ID        Out: o ID | d ID HEX | e ID | x ID REASON
use strict;
use warnings;
use Errno qw(EAGAIN EINPROGRESS EINTR EWOULDBLOCK);
use IO::Select;
use Socket qw(:all);

my (%by_id, %id_of, %opening, %waiting, %ending);
my ($reading, $writing) = (IO::Select->new(\*STDIN), IO::Select->new);
my $typed = '';
$SIG{PIPE} = 'IGNORE';
$| = 1;

sub say_line { my $line = join(' ', @_) . "\n"; while (length $line) { my $n = syswrite(STDOUT, $line); exit 0 unless defined $n; substr($line, 0, $n, '') } }

sub forget {
  my ($id, $reason) = @_;
  my $socket = delete $by_id{$id} or return;
  delete $id_of{fileno $socket};
  delete @{$_}{$id} for \%opening, \%waiting, \%ending;
  $_->remove($socket) for $reading, $writing;
  close $socket;
  say_line('x', $id, $reason) if defined $reason;
}

sub begin_one {
  my ($id, $address, $port) = @_;
  my $six = $address =~ /:/;
  my $packed = inet_pton($six ? AF_INET6 : AF_INET, $address) or return say_line('x', $id, "$address is no address");
  socket(my $socket, $six ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or return say_line('x', $id, "$!");
  $socket->blocking(0);
  setsockopt($socket, IPPROTO_TCP, TCP_NODELAY, 1);
  my $to = $six ? pack_sockaddr_in6($port, $packed) : pack_sockaddr_in($port, $packed);
  return say_line('x', $id, "$!") unless connect($socket, $to) or $! == EINPROGRESS;
  ($by_id{$id}, $id_of{fileno $socket}, $opening{$id}, $waiting{$id}) = ($socket, $id, 1, '');
  $writing->add($socket);
}

sub obey {
  my ($verb, $id, @rest) = split / /, $_[0];
  return begin_one($id, @rest) if $verb eq 'o';
  my $socket = $by_id{$id} or return;
  return forget($id) if $verb eq 'c';
  $waiting{$id} .= pack('H*', $rest[0]) if $verb eq 'd';
  $ending{$id} = 1 if $verb eq 'e';
  $writing->add($socket);
}

sub write_more {
  my ($socket, $id) = @_;
  if (delete $opening{$id}) {
    my $error = unpack('i', getsockopt($socket, SOL_SOCKET, SO_ERROR));
    if ($error) { $! = $error; return forget($id, "$!") }
    $reading->add($socket);
    say_line('o', $id);
  }
  if (length $waiting{$id}) {
    my $sent = syswrite($socket, $waiting{$id});
    return if !defined $sent and ($! == EAGAIN or $! == EWOULDBLOCK or $! == EINTR);
    return forget($id, "$!") unless defined $sent;
    substr($waiting{$id}, 0, $sent, '');
  }
  return if length $waiting{$id};
  $writing->remove($socket);
  shutdown($socket, 1) if delete $ending{$id};
}

sub read_more {
  my ($socket, $id) = @_;
  my $got = sysread($socket, my $bytes, 16384);
  return if !defined $got and ($! == EAGAIN or $! == EWOULDBLOCK or $! == EINTR);
  return forget($id, "$!") unless defined $got;
  return say_line('d', $id, unpack('H*', $bytes)) if $got;
  $reading->remove($socket);
  say_line('e', $id);
}

while (1) {
  my ($readable, $writable) = IO::Select->select($reading, $writing, undef);
  for my $handle (@{$readable || []}) {
    if ($handle == \*STDIN) {
      my $got = sysread(STDIN, $typed, 65536, length $typed);
      exit 0 unless $got;
      obey($1) while $typed =~ s/^([^\n]*)\n//;
    } elsif (defined fileno $handle and defined(my $id = $id_of{fileno $handle})) { read_more($handle, $id) }
  }
  for my $handle (@{$writable || []}) {
    if (defined fileno $handle and defined(my $id = $id_of{fileno $handle})) { write_more($handle, $id) }
  }
}
