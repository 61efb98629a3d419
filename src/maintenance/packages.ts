/** One package that is newer in the sources of a host. */
export interface Upgrade {
  readonly name: string
  readonly from: string
  readonly to: string
  /** It comes from a source of security updates. */
  readonly security: boolean
}

/** What a host said of its packages (`patch-list.sh`). */
export interface Packages {
  /** Versions by name; half installed ones too, with what is wrong with them. */
  readonly installed: Readonly<Record<string, string>>
  readonly upgrades: readonly Upgrade[]
}

/** Reads the two lists: `dpkg-query`'s own format, and the `Inst` lines of a simulated upgrade. */
export function packagesIn(out: string): Packages {
  const lines = out.split('\n')
  const installed = lines.flatMap(line => {
    const [mark, name = '', version = '', status = ''] = line.split('\t')
    if (mark !== 'has' || /^.[nc]/.test(status)) return []
    return [[name, status.trim() === 'ii' ? version : `${version} (${status.trim()})`] as const]
  })
  return {installed: Object.fromEntries(installed), upgrades: lines.flatMap(upgradeIn)}
}

/** `Inst libssl3 [3.0.11-1] (3.0.15-1 Debian-Security:12/stable-security [amd64])`; a new dependency has no version yet. */
function upgradeIn(line: string): readonly Upgrade[] {
  const found = /^Inst (\S+) \[([^\]]+)\] \((\S+) ([^[]*)/.exec(line)
  if (!found) return []
  const [, name = '', from = '', to = '', source = ''] = found
  return [{name, from, to, security: /security/i.test(source)}]
}

/** What differs between two lists, a line for each package. */
export function changedPackages(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap(name =>
    before[name] === after[name] ? [] : [`${name} ${before[name] ?? 'new'} → ${after[name] ?? 'gone'}`],
  )
}
