# PACKET…, or `-` with packets on stdin, a line each in hexadecimal; then STAMP TEXT, when all went well, are written to a file.
# With `any` as the last word charon may say no: what was to go may be gone already.
# Sends each to charon and prints `packet answer` for each answer and each event that came for it. Exits 3 when charon
# said no to one. docs: src/libcharon/plugins/vici/README.md of strongSwan.
use strict;
use IO::Socket::UNIX;
my @stamp;
my $any = $ARGV[-1] eq 'any' && pop @ARGV;
@stamp = splice @ARGV, 1, 2 if @ARGV == 3 && $ARGV[0] eq '-';
my @packets = map { chomp; pack 'H*', $_ } $ARGV[0] eq '-' ? <STDIN> : @ARGV;
alarm 60;
my $socket = IO::Socket::UNIX->new(Peer => '/var/run/charon.vici') or do { print STDERR "charon: $!\n"; exit 1 };
binmode $socket;
my $refused = 0;
for my $n (0 .. $#packets) {
  print $socket pack('N', length $packets[$n]), $packets[$n];
  $socket->flush;
  while (1) {
    my $answer = whole(unpack 'N', whole(4));
    print "$n ", unpack('H*', $answer), "\n";
    my $type = ord $answer;
    next if $type == 7;
    # A field `success = no` of the outermost section, and what it says about it.
    if ($type == 1 && $answer =~ /\x03\x07success\x00\x02no/) {
      my ($why) = $answer =~ /\x03\x06errmsg..(.*)/s;
      print STDERR 'charon: ', $why // 'no', "\n";
      $refused = 1;
    }
    $refused = 1 if $type == 2 || $type == 6;
    last;
  }
}
exit 3 if $refused && !$any;
if (@stamp) {
  my ($folder) = $stamp[0] =~ m{^(.*)/};
  mkdir $folder;
  open my $file, '>', $stamp[0] or die "$stamp[0]: $!\n";
  print $file $stamp[1];
  close $file;
}
exit 0;

sub whole {
  my ($wanted, $bytes) = ($_[0], '');
  while (length $bytes < $wanted) {
    my $more = read $socket, $bytes, $wanted - length $bytes, length $bytes;
    $more or do { print STDERR "charon ended the talk\n"; exit 1 };
  }
  return $bytes;
}
