/** The signed text of a release: the form that `sha256sum --check` reads on a host. */
export function sumsOf(...lines: (readonly [sha256: string, name: string])[]): string {
  return lines.map(([sha256, name]) => `${sha256}  ${name}\n`).join('')
}
