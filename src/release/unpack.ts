import {type Architecture, releaseNames} from './model.ts'

/** Where the four files of a release were put on a host, and where it shall be. */
export interface Unpack {
  readonly version: string
  readonly architecture: Architecture
  /** A folder of root's own with the archive, the manifest, the sums and the signature. */
  readonly incoming: string
  /** The public key, PEM, on the host. */
  readonly publicKey: string
}

/** One command of a host, and what is true when it has ended with 0. */
export interface UnpackStep {
  readonly name: 'signed' | 'whole' | 'place-is-clear' | 'place-is-made' | 'unpacked' | 'named'
  readonly argv: readonly string[]
}

/** The folder of all releases on a host. */
export const releasesFolder = '/opt/selfhelp/releases'

/**
 * Proves and unpacks a release with what Debian 12 has: nothing of the archive is opened before both proofs.
 * It appears under its name in one rename, whole; every command can be repeated.
 */
export function unpackSteps({version, architecture, incoming, publicKey}: Unpack): readonly UnpackStep[] {
  const names = releaseNames(version, architecture)
  const at = (name: string) => `${incoming}/${name}`
  const partial = `${releasesFolder}/.${version}.partial`
  return [
    {
      name: 'signed',
      // One-shot Ed25519 reads its input whole: the few lines of sums, not the archive.
      argv: ['openssl', 'pkeyutl', '-verify', '-pubin', '-inkey', publicKey, '-rawin'].concat([
        '-in',
        at(names.sums),
        '-sigfile',
        at(names.signature),
      ]),
    },
    {name: 'whole', argv: ['env', `--chdir=${incoming}`, 'sha256sum', '--check', '--strict', '--quiet', names.sums]},
    {name: 'place-is-clear', argv: ['rm', '-rf', '--one-file-system', '--', partial]},
    {name: 'place-is-made', argv: ['install', '-d', '-o', 'root', '-g', 'root', '-m', '0755', releasesFolder, partial]},
    {
      name: 'unpacked',
      argv: ['tar', '--extract', '--gzip', '--file', at(names.archive), '--directory', partial].concat([
        '--no-same-owner',
        '--same-permissions',
      ]),
    },
    {name: 'named', argv: ['mv', '-T', '--', partial, `${releasesFolder}/${version}`]},
  ]
}
