import type {View} from '../cli/view.ts'
import type {ReleaseAdded} from './add.ts'
import type {ReleaseShown, ReleaseStatus} from './list.ts'

/** Releases as rows. */
export function releaseRows(items: readonly ReleaseStatus[]): View {
  return {
    heads: ['release', 'for', 'schema', 'size', 'added', 'sha-256'],
    rows: items.map(each => [
      each.version,
      each.architecture,
      each.schemaLevel,
      megabytes(each.size),
      each.addedAt,
      each.sha256.slice(0, 16),
    ]),
    empty: 'No release yet: selfhelp release build',
  }
}

/** One version. */
export function releaseFields({version, builds}: ReleaseShown): View {
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
    },
  }))
  return [...fields, first?.manifest.notes ?? '']
}

/** What building or adding did. */
export function releaseAdded({version, architecture, schemaLevel, size, file, changed}: ReleaseAdded): View {
  if (!changed) return `release ${version} for ${architecture} is as it was`
  return `release ${version} for ${architecture} (schema ${schemaLevel}, ${megabytes(size)}) is in ${file}`
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
