# ID…: what this repository host holds of these environments; a JSON line for each. Only reads.
use strict;
use POSIX ();
my $base = '/var/lib/pgbackrest';
# One process for all of them where that is possible: there may be hundreds.
my ($uid, $gid) = (getpwnam 'postgres')[2, 3];
my ($free, $total) = space($base);
my %units = units(@ARGV);
for my $id (@ARGV) {
  my @engine = ('pgbackrest', '--config=/etc/pgbackrest/pgbackrest.conf',
    '--config-include-path=/etc/pgbackrest/conf.d', "--stanza=$id", '--log-level-console=off', '--log-level-stderr=error', '--output=json', 'info');
  my ($info, $exit) = output(@engine);
  # It puts what a file's reader said into its JSON as it is, line ends and all.
  $info =~ s/[\x00-\x1f]/ /g if $info =~ /^\s*\[/;
  my ($wal, $gaps, $newest, $lines) = wal($id);
  print '{"id":' . text($id) . ',"exit":' . $exit . ',"info":' . ($info =~ /^\s*\[/ ? $info : text($info))
    . ',"newest":' . $newest . ',"gaps":[' . join(',', @$gaps) . '],"timelines":[' . join(',', @$lines) . ']'
    . ',"free":' . $free . ',"total":' . $total . ',"units":{' . join(',', map { text($_) . ':' . ($units{"$id-backup-$_.service"} // 'null') } qw(full incr verify)) . '}'
    . ',"verified":' . verified($id) . "}\n";
}

sub output {
  my $pid = open(my $pipe, '-|') // die;
  if (!$pid) {
    open STDERR, '>&', \*STDOUT;
    chdir '/';
    if ($_[0] eq 'pgbackrest') { $( = $) = "$gid $gid"; $< = $> = $uid }
    exec @_ or exit 127;
  }
  local $/;
  my $text = <$pipe> // '';
  close $pipe;
  $text =~ s/\s+$//;
  return ($text, $? >> 8);
}

# Segments of each timeline must follow one another. 255 is the last of a log file of 4 GB.
sub wal {
  my ($id) = @_;
  my (%seen, %line, $newest, @gaps);
  for my $folder (glob "$base/$id/archive/$id/*/") {
    for my $path (glob "${folder}[0-9A-F]*") {
      if (-d $path) {
        opendir my $dir, $path or next;
        for my $file (readdir $dir) {
          next unless $file =~ /^([0-9A-F]{24})-[0-9a-f]{40}/;
          $seen{$1} = "$path/$file";
        }
      }
      elsif ($path =~ m{/([0-9A-F]{8})\.history$}) { $line{hex $1} = (stat $path)[9] }
    }
  }
  my $before;
  for my $segment (sort keys %seen) {
    if (defined $before && substr($before, 0, 8) eq substr($segment, 0, 8) && number($segment) != number($before) + 1) {
      push @gaps, '{"after":' . text($before) . ',"before":' . text($segment) . ',"from":' . arrived($seen{$before})
        . ',"to":' . arrived($seen{$segment}) . '}';
    }
    $before = $segment;
    my $time = arrived($seen{$segment});
    $newest = [$segment, $time] if !$newest || $segment gt $newest->[0];
  }
  my $shown = $newest ? '{"segment":' . text($newest->[0]) . ',"at":' . $newest->[1] . '}' : 'null';
  return (scalar(keys %seen), \@gaps, $shown, [map { '{"id":' . $_ . ',"since":' . $line{$_} . '}' } sort { $a <=> $b } keys %line]);
}

sub number { my ($segment) = @_; return hex(substr $segment, 8, 8) * 256 + hex(substr $segment, 16, 8) }
sub arrived { my @stat = stat $_[0]; return @stat ? $stat[9] : 0 }

sub space {
  my ($out) = output('df', '-PB1', $_[0]);
  my @field = split ' ', (split /\n/, $out)[-1] // '';
  return ($field[3] =~ /^\d+$/ ? $field[3] : 0, $field[1] =~ /^\d+$/ ? $field[1] : 0);
}

# In blocks, one for each unit, whether or not it is there.
sub units {
  my @names = map { my $id = $_; map { "$id-backup-$_.service" } qw(full incr verify) } @_;
  my ($out) = output('systemctl', 'show', '--timestamp=unix', '-p', 'Id,ExecMainStatus,ExecMainExitTimestamp', '--', @names);
  my %known;
  for my $block (split /\n\n/, $out) {
    my ($name) = $block =~ /^Id=(.*)$/m;
    my ($exit) = $block =~ /^ExecMainStatus=(\d+)$/m;
    my ($at) = $block =~ /^ExecMainExitTimestamp=@(\d+)$/m;
    $known{$name} = '{"at":' . $at . ',"exit":' . ($exit // 0) . '}' if $name && $at;
  }
  return %known;
}

sub verified {
  my ($id) = @_;
  my $file = "$base/$id/.verified";
  open my $in, '<', $file or return 'null';
  local $/;
  my $text = <$in>;
  return '{"at":' . (stat $in)[9] . ',"said":' . text(substr $text, -16384) . '}';
}

sub text {
  my ($text) = @_;
  $text =~ s/([\\"])/\\$1/g;
  $text =~ s/([\x00-\x1f\x7f-\xff])/sprintf '\\u%04x', ord $1/ge;
  return "\"$text\"";
}
