import {createHash} from 'node:crypto'
import {unifiedDiff} from '../diff.ts'
import type {NftWanted, Operation} from '../model.ts'

const path = '/etc/nftables.conf'

/** The whole ruleset, in its file and in the kernel; a confirmed commit, because a mistake here locks us out. */
export const nft: Operation<NftWanted> = {
  kind: 'nft',
  title: () => 'nftables ruleset',
  path: () => path,
  questions: () => [{ask: 'nft', args: []}],
  compare(want, [answer]) {
    const [sum, holds, loaded, enabled, content = ''] = answer?.out.split('\n') ?? []
    const wanted = want.absent ? 'flush ruleset\n' : want.ruleset
    const same = sum === createHash('sha256').update(wanted).digest('hex')
    const what = [
      ...(same ? [] : ['rules']),
      ...(same && holds !== loaded ? ['load again: the kernel holds other rules'] : []),
      ...(same && enabled !== 'enabled' ? ['load at boot'] : []),
    ]
    if (what.length === 0) return []
    const diff = unifiedDiff(path, Buffer.from(content, 'base64').toString('utf8'), wanted)
    return [
      {
        of: nft.title(want),
        what: what.join(', '),
        ...(diff ? {diff} : {}),
        actions: [{act: 'nft', args: [], input: wanted}],
        guard: {files: [path, '/var/lib/selfhelp/nft.loaded'], ruleset: true},
      },
    ]
  },
}
