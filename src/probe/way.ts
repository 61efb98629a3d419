import type {Probe} from './model.ts'

/** The command line of this machine that runs it there. */
export function argvAt(probe: Probe, argv: readonly string[]): readonly string[] {
  if (probe.kind === 'netns') return ['ip', 'netns', 'exec', probe.target.netns, ...argv]
  const options = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-o', 'StrictHostKeyChecking=yes']
  // The far shell reads one line, so each word is quoted for it.
  return ['ssh', ...options, '--', probe.target.ssh, argv.map(quoted).join(' ')]
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`
