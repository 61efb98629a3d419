import {createHash} from 'node:crypto'
import {unifiedDiff} from '../diff.ts'
import type {NftWanted, Operation} from '../model.ts'

const path = '/etc/nftables.conf'

/** The whole ruleset, in its file and in the kernel; a confirmed commit, because a mistake here locks us out. */
export const nft: Operation<NftWanted> = {
  kind: 'nft',
  title: () => 'nftables ruleset',
  path: () => path,
  questions: want => [{ask: 'nft', args: [sumOf(rulesOf(want))]}],
  compare(want, [answer]) {
    const [sum, holds, loaded, enabled, content = ''] = answer?.out.split('\n') ?? []
    const wanted = rulesOf(want)
    const same = sum === sumOf(wanted)
    const what = [
      ...(same ? [] : ['rules']),
      ...(same && holds !== loaded ? ['load again: the kernel holds other rules'] : []),
      ...(same && enabled !== 'enabled' ? ['load at boot'] : []),
    ]
    if (what.length === 0) return []
    const diff = same ? undefined : unifiedDiff(path, Buffer.from(content, 'base64').toString('utf8'), wanted)
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

const rulesOf = ({absent, ruleset}: NftWanted): string => (absent ? 'flush ruleset\n' : ruleset)

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')
