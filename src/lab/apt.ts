import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {attempt} from './local.ts'

/** How this machine reaches Debian's packages, to be passed on to image and hosts. */
export interface AptSources {
  /** Text by file name below /etc/apt/sources.list.d. */
  readonly sources: Readonly<Record<string, string>>
  /** Lines of apt.conf. */
  readonly options: readonly string[]
  /** Key files that the sources name or that apt trusts, by their path. */
  readonly keyrings: readonly string[]
}

const suite = /^(bookworm|stable|oldstable)(-updates|-security|-proposed-updates|\/updates)?$/
const passedOn = /^Acquire::(https?::|Retries |Check-|ForceIPv|AllowInsecure|AllowDowngrade|Languages)/

/** Reads the machine's apt configuration. */
export async function machineApt(): Promise<AptSources> {
  const files = await sourceFiles()
  const sources: Record<string, string> = {}
  for (const [path, text] of files) {
    const kept = path.endsWith('.sources') ? debianStanzas(text) : debianLines(text)
    if (kept !== '') sources[path.endsWith('.sources') ? nameOf(path) : nameOf(path, '.list')] = kept
  }
  const dump = await attempt(['apt-config', 'dump'])
  const trusted = await readdir('/etc/apt/trusted.gpg.d').catch(() => [])
  return {
    sources,
    options: aptOptions(dump.stdout),
    keyrings: [
      ...new Set([
        ...Object.values(sources).flatMap(signers),
        ...trusted.filter(name => /\.(asc|gpg)$/.test(name)).map(name => join('/etc/apt/trusted.gpg.d', name)),
      ]),
    ],
  }
}

/** The stanzas of a deb822 file that give Debian 12's own binary packages, unchanged. */
export function debianStanzas(text: string): string {
  const stanzas = text.split(/\n\s*\n/).filter(stanza => {
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'mi').exec(stanza)?.[1]?.split(/\s+/) ?? []
    return (
      field('Types').includes('deb') &&
      field('Enabled')[0] !== 'no' &&
      field('Suites').some(each => suite.test(each)) &&
      field('Components').includes('main')
    )
  })
  return stanzas.length === 0 ? '' : `${stanzas.map(stanza => stanza.trim()).join('\n\n')}\n`
}

/** The lines of a sources.list that give Debian 12's own binary packages, unchanged. */
export function debianLines(text: string): string {
  const lines = text.split('\n').filter(line => {
    const [, , release = '', components = ''] = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(line) ?? []
    return suite.test(release) && components.split(/\s+/).includes('main')
  })
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** The lines of `apt-config dump` that say how to fetch: proxies, certificates, dates, retries. */
export function aptOptions(dump: string): string[] {
  return dump.split('\n').filter(line => passedOn.test(line) && !line.endsWith(' "";'))
}

function signers(text: string): string[] {
  return [...text.matchAll(/signed-by\s*[:=]\s*(\/[^\s\]]+)/gi)].map(match => match[1] as string)
}

async function sourceFiles(): Promise<[string, string][]> {
  const folder = '/etc/apt/sources.list.d'
  const names = (await readdir(folder).catch(() => [])).filter(name => /\.(list|sources)$/.test(name)).sort()
  const paths = ['/etc/apt/sources.list', ...names.map(name => join(folder, name))]
  return await Promise.all(
    paths.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8').catch(() => '')]),
  )
}

function nameOf(path: string, ending = ''): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return name.endsWith(ending) ? name : `machine${ending}`
}
