# SOCKET METHOD PATH, the body on stdin: asks a service's admin listener. Prints the answer's body.
# Exits 0 for an answer below 400, 3 for another, 1 for none. perl-base is on every Debian; a Node start costs more.
use strict;
use IO::Socket::UNIX;
my ($path, $method, $target) = @ARGV;
# Whoever answers may be a customer's program gone bad: it is given neither for ever nor all the memory.
alarm 60;
my $body = $method eq 'GET' ? '' : do { local $/; <STDIN> // '' };
my $socket = IO::Socket::UNIX->new(Peer => $path) or do { print STDERR "$path: $!\n"; exit 1 };
my $length = length $body;
print $socket "$method $target HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: $length\r\n\r\n$body";
my $answer = '';
while (length $answer < 4_194_304 && read $socket, my $part, 65_536) { $answer .= $part }
my ($head, $rest) = split /\r\n\r\n/, $answer, 2;
my ($status) = ($head // '') =~ m{^HTTP/1\.[01] (\d{3})} or exit 1;
print $rest // '';
exit($status < 400 ? 0 : 3);
