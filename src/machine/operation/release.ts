import {Bug, Refusal} from '../../error.ts'
import type {Operation, ReleaseWanted} from '../model.ts'

/** A release at `/opt/selfhelp/releases/<version>`: signature and sum proven on the machine before it is unpacked. */
export const release: Operation<ReleaseWanted> = {
  kind: 'release',
  title: want => `release ${want.version}`,
  questions: want => [{ask: 'release', args: [want.version]}],
  compare(want, [answer]) {
    const {version, archive, manifest, signature, publicKey} = want
    if (!/^[0-9A-Za-z][0-9A-Za-z.+-]*$/.test(version)) throw new Bug(`The version ${version} cannot be a folder.`)
    const [of, have] = [release.title(want), answer?.out.trim() ?? '']
    const path = `/opt/selfhelp/releases/${version}`
    if (want.absent) return have ? [{of, what: 'remove', actions: [{act: 'remove', args: [path]}]}] : []
    if (have === archive.sha256) return []
    if (have) throw otherRelease(version, {found: have, wanted: archive.sha256})
    const args = [version, archive.sha256, manifest, signature, publicKey]
    return [{of, what: 'unpack', actions: [{act: 'release', args, input: archive, shared: true}]}]
  },
}

function otherRelease(version: string, facts: {found: string; wanted: string}): Refusal {
  return new Refusal(
    'in-the-way',
    `The machine has another release ${version}; releases never change, so it was not touched.`,
    {
      facts,
      remedies: ['Build the release under a new version.'],
    },
  )
}
