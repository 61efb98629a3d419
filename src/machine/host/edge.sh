# The edge's HAProxy through its runtime API: what runs, and beside it the files it will start from.

# Perl, because no other client of a Unix socket is sure to be there. Exit 7: nothing answers, so nothing runs.
haproxy_words='
use strict; use Socket;
$SIG{PIPE} = "IGNORE";
my ($socket, $verb, @words) = @ARGV;
sub told {
  my ($line) = @_;
  socket(my $s, AF_UNIX, SOCK_STREAM, 0) or exit 7;
  connect($s, sockaddr_un($socket)) or exit 7;
  for (my $at = 0; $at < length $line;) { $at += syswrite($s, $line, length($line) - $at, $at) || exit 7 }
  my $said = "";
  while (sysread($s, my $part, 65536)) { $said .= $part }
  $said =~ s/\s+\z//;
  return $said;
}
sub refused { print STDERR "$_[0]\n"; exit $_[1] }
sub lines_of { my ($file) = @_; open(my $f, "<", $file) or return (); my @l = map { s/\s+\z//r } <$f>; return grep { /^[^#]/ } @l }
sub differing {
  my ($what, $files, $runs) = @_;
  my %f = map { $_ => 1 } @$files; my %r = map { $_ => 1 } @$runs;
  print "$what does not run: $_\n" for grep { !$r{$_} } sort keys %f;
  print "$what runs only: $_\n" for grep { !$f{$_} } sort keys %r;
}
if ($verb eq "ask") {
  while (my ($command, $part) = splice(@words, 0, 2)) {
    my $said = told("$command\n");
    $said = join("\n", grep { index($_, $part) >= 0 } split(/\n/, $said)) if $part ne "";
    print "$command\0$part\0$said\0";
  }
} elsif ($verb eq "do") {
  while (my ($command, $good) = splice(@words, 0, 2)) {
    my $said = told("$command\n");
    refused("$command: $said", 1) unless $said =~ /$good/;
  }
} elsif ($verb eq "certificate") {
  my ($path, $staple) = @words;
  my $pem = do { local $/; <STDIN> };
  $pem =~ s/\n\s*\n/\n/g; $pem =~ s/\s*\z/\n/;
  my $known = told("show ssl cert $path\n") !~ /Not found/;
  told("new ssl cert $path\n") unless $known;
  my $said = told("set ssl cert $path <<\n$pem\n");
  if ($said =~ /transaction is about .([^\x27]+)/) { told("abort ssl cert $1\n"); $said = told("set ssl cert $path <<\n$pem\n") }
  # A new PEM has taken away what its responder said before.
  $said = told("set ssl cert $path.ocsp <<\n$staple\n\n") if $staple ne "-" && $said =~ /^Transaction (created|updated)/;
  $said = told("commit ssl cert $path\n") if $said =~ /^Transaction (created|updated)/;
  exit 0 if $said =~ /Success!/;
  told("abort ssl cert $path\n");
  told("del ssl cert $path\n") unless $known;
  refused($said, 65);
} elsif ($verb eq "differences") {
  my ($map, $list, $backends) = @words;
  my @map = map { /^\S+ (.*)/ ? $1 : () } split(/\n/, told("show map $map\n"));
  differing("name", [lines_of($map)], \@map);
  differing("certificate", [lines_of($list)], [grep { /^[^#]/ } split(/\n/, told("show ssl crt-list $list\n"))]);
  my ($name, @files, @runs);
  for (lines_of($backends)) { $name = $1 if /^backend (\S+)/; push @files, "$name $1" . (/ disabled/ ? " closed" : "") if /^\s+server \S+ (\S+)/ }
  for (split(/\n/, told("show servers state\n"))) {
    my @field = split / /;
    push @runs, "$field[1] $field[4]:$field[18]" . ($field[6] & 0x23 ? " closed" : "") if @field > 18 && /^\d/;
  }
  differing("backend", \@files, \@runs);
} elsif ($verb eq "tickets") {
  my ($path, $tell) = @words;
  my @runs = map { /^\d+\.\d+ (\S+)/ ? $1 : () } split(/\n/, told("show tls-keys $path\n"));
  my @keys = lines_of($path);
  if (!$tell) { print !@runs ? "none" : "@runs" eq "@keys" ? "same" : "others"; exit 0 }
  exit 0 if !@runs || "@runs" eq "@keys";
  @keys = $keys[-1] if "@runs[1 .. $#runs]" eq "@keys[0 .. $#keys - 1]";
  for my $key (@keys) { my $said = told("set ssl tls-key $path $key\n"); refused("the running HAProxy took no key for tickets", 1) unless $said =~ /updated/ }
}
'

haproxy() {
  perl -e "$haproxy_words" -- "$root/run/haproxy/admin.sock" "$@"
}

# The same where nothing running is nothing to do.
haproxy_if_up() {
  haproxy "$@"
  set -- "$?"
  [ "$1" = 7 ] || return "$1"
}

# COMMAND PART…: what it says, and of that only the lines with this part in them.
ask_haproxy() { haproxy ask "$@"; }

# MAP CRTLIST BACKENDS: where what runs is not what the files say.
ask_haproxy_differences() { haproxy differences "$@"; }

# FOLDER PREFIX: each declared backend, and whether it is free.
ask_haproxy_pool() {
  set -- "$1/$2":*.cfg
  [ -f "$1" ] || return 0
  grep -Hc '^# free$' -- "$@" | sed 's/^.*:\([0-9]*\)\.cfg:0$/used \1/; s/^.*:\([0-9]*\)\.cfg:[0-9]*$/free \1/'
}

# PATH: how many keys that are whole, how old the newest is in seconds, and whether those that run are the same.
ask_haproxy_tickets() {
  [ -f "$1" ] || return 0
  runs=$(haproxy tickets "$1" '') || runs=none
  echo "$(whole_keys "$1") $(($(date +%s) - $(stat -c %Y -- "$1"))) $runs"
}

# COMMAND GOOD…: each must answer with something like GOOD.
act_haproxy() { haproxy_if_up do "$@"; }

# PATH STAPLE CHECK…: refused by its checker or by the running HAProxy, neither it nor the file has changed.
act_haproxy_certificate() {
  stage "$1" || return
  ours_alone written "./$leaf" && committed "$@"
  unstage "$?"
}

committed() {
  path=$1 staple=$2
  shift 2
  haproxy certificate "$path" "$staple" <"./$leaf"
  code=$?
  # The running HAProxy has judged it; where none runs, its checker does.
  case $code in
  0) ;;
  7) check "$PWD/$leaf" "$@" || return 65 ;;
  *) return "$code" ;;
  esac
  # HAProxy does not start with the word of a responder beside a certificate whose issuer it has not got.
  rm -f -- "../$leaf.ocsp" && mv -fT -- "./$leaf" "../$leaf" || return
  [ "$staple" = - ] || {
    printf %s "$staple" | base64 -d >"./$leaf.ocsp" && chmod 600 "./$leaf.ocsp" && mv -fT -- "./$leaf.ocsp" "../$leaf.ocsp"
  }
}

# PATH: it is in no list any more.
act_haproxy_forget() {
  haproxy_if_up do "del ssl cert $1" '^(?!.*in use)' || return
  rm -f -- "$1.ocsp" "$1"
}

# FOLDER PREFIX PORT…: free backends made of the template that is the input.
act_haproxy_pool() {
  folder=$1 prefix=$2
  shift 2
  for port; do
    stage "$folder/$prefix:$port.cfg" || return
    input | sed "s/{port}/$port/g" >"./$leaf" && chmod 644 "./$leaf" && mv -fT -- "./$leaf" "../$leaf"
    unstage "$?" || return
  done
}

# PATH NEW: so many new keys, and the oldest go. No key leaves the machine; the running process gets those of the file.
act_haproxy_tickets() {
  [ "$2" = 0 ] || {
    stage "$1" || return
    ours_alone ticket_keys "$2" && sync "./$leaf" && mv -fT -- "./$leaf" "../$leaf"
    unstage "$?" || return
  }
  haproxy_if_up tickets "$1" tell
}

ticket_keys() {
  { [ ! -f "../$leaf" ] || grep "$whole_key" "../$leaf"; new_keys "$1"; } | tail -n 3 >"./$leaf" && [ "$(whole_keys "./$leaf")" = 3 ]
}

# One that was cut off, or written by somebody else, is none: HAProxy would not start with it.
whole_key='^[A-Za-z0-9+/]\{107\}=$'
whole_keys() { if [ "$(grep -vc "$whole_key" "$1")" = 0 ]; then grep -c "$whole_key" "$1"; else echo 0; fi; }

new_keys() {
  n=0
  while [ "$n" -lt "$1" ]; do
    n=$((n + 1))
    head -c 80 /dev/urandom | base64 -w 0 && echo
  done
}

# A reload is over when another process answers: what is told meanwhile to the old one would be lost.
haproxy_reload() {
  old=$(haproxy_pid)
  systemctl reload-or-restart -- haproxy.service || return
  tries=0
  while new=$(haproxy_pid) && [ "$new" = "$old" ] || [ -z "$new" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 600 ] || return 69
    sleep 0.05
  done
}

haproxy_pid() { haproxy ask 'show info' 'Pid: ' | tr '\0' '\n' | sed -n 's/^Pid: //p'; }
