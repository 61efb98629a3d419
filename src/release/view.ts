import type {View} from '../terminal/view.ts'
import type {ReleaseAdded} from './add.ts'
import type {ReleaseShown, ReleaseStatus} from './list.ts'

/** Releases as rows. */
export function releaseRows(items: readonly ReleaseStatus[]): View {
  return {
    heads: ['release', 'for', 'schema', 'size', 'added', 'sha-256', 'withdrawn'],
    rows: items.map(each => [
      each.version,
      each.architecture,
      each.schemaLevel,
      megabytes(each.size),
      each.addedAt,
      each.sha256.slice(0, 16),
      each.withdrawn && {text: each.withdrawn, tone: 'bad' as const},
    ]),
    empty: 'No release yet: selfhelp release build',
  }
}

/** One version. */
export function releaseFields({version, notes, builds}: ReleaseShown): View {
  const [first] = builds
  const fields = builds.map(build => ({
    fields: {
      release: version,
      for: build.architecture,
      node: build.manifest.node,
      schema: `migrates from ${build.manifest.schema.from}, serves ${build.manifest.schema.to}`,
      files: build.manifest.files.length,
      size: megabytes(build.size),
      'sha-256': build.sha256,
      added: build.addedAt,
      withdrawn: build.withdrawn && {text: build.withdrawn, tone: 'bad' as const},
    },
  }))
  const texts = [notes?.en ?? first?.manifest.notes, notes?.fr].flatMap(text => (text ? ['\n', text] : []))
  return [...fields, ...texts]
}

/** What building or adding did. */
export function releaseAdded({version, architecture, schemaLevel, size, file, changed}: ReleaseAdded): View {
  if (!changed) return `release ${version} for ${architecture} is as it was`
  return `release ${version} for ${architecture} (schema ${schemaLevel}, ${megabytes(size)}) is in ${file}`
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
