// Programs in Perl, which every Debian has, that speak and look where a journey about VPNs needs them to.

/** A connection that counts what goes over it. */
export const talking: string = `use IO::Socket::IP; my ($a, $p) = split /,/, $ARGV[0];
my $c = IO::Socket::IP->new(PeerHost => $a, PeerPort => $p, Timeout => 20) or die "$a $p: $!"; binmode $c; $| = 1; $c->autoflush(1);
`

/** A simple bind (RFC 4511): message 1, version 3, name, password. */
export const binding: string = `sub tlv { chr($_[0]) . chr(length $_[1]) . $_[1] }
my $bind = tlv(0x60, tlv(2, chr 3) . tlv(4, 'cn=jane.doe,ou=people,dc=acme,dc=test') . tlv(0x80, 'secret-of-jane'));
print $c tlv(0x30, tlv(2, chr 1) . $bind); sysread $c, my $answer, 4096;
my ($result) = unpack('H*', $answer) =~ /^30..020101(.*)$/;
print $result =~ /0a0100/ ? 'bound' : 'refused', "\\n";
`

/** A system mail (R087) by SMTP; prints its size. */
export const mailing: string = `my $mail = join "\\r\\n", 'From: Self Help <backoffice@acme.test>', 'To: Jane Doe <jane.doe@acme.test>', 'Subject: Your request has been taken',
  'Message-ID: <b7a1c3f0-4a51-4f5e-9a53-6a1df1b8a0f1@acme.test>', 'Date: Sun, 22 Nov 2026 18:00:00 +0000', 'MIME-Version: 1.0', 'Auto-Submitted: auto-generated',
  'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 7bit', '', 'Dear Jane Doe,', '', 'Your request "A new keyboard" has been taken; its number is 4711.',
  'You will be told when it is settled: https://acme.ezvsaas.test/requests/4711', '', 'Self Help', '';
my $said = sub { <$c> }; $said->();
for my $line ('EHLO north-1', 'MAIL FROM:<backoffice@acme.test>', 'RCPT TO:<jane.doe@acme.test>', 'DATA') { print $c "$line\\r\\n"; $said->() }
print $c "$mail\\r\\n.\\r\\n"; my $taken = $said->(); print $c "QUIT\\r\\n"; $said->();
print 'mailed ', length $mail, "\\n" if $taken =~ /^250/;
`
