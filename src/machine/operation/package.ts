import type {Operation, PackageWanted} from '../model.ts'

/** A Debian package, in whatever version the machine's sources give; versions change by patches, not here. */
export const pkg: Operation<PackageWanted> = {
  kind: 'package',
  title: want => `package ${want.name}`,
  questions: want => [{ask: 'package', args: [want.name]}],
  compare(want, [answer]) {
    const [, status = ''] = answer?.out.split('\t') ?? []
    const of = pkg.title(want)
    if (want.absent)
      return status === '' || status === 'not-installed'
        ? []
        : [{of, what: 'remove', actions: [{act: 'packages', args: ['purge', want.name]}]}]
    if (status === 'installed') return []
    return [{of, what: 'install', actions: [{act: 'packages', args: ['install', want.name]}]}]
  },
}
