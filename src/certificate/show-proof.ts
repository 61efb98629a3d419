import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {hostsOf} from '../environment/model.ts'
import {environmentLock, type Platform} from '../environment/steps.ts'
import {Bug, Failure} from '../error.ts'
import {edgeFiles} from '../host/steps.ts'
import type {HaproxyEntryWanted} from '../machine/haproxy.ts'
import type {At} from '../runbook/model.ts'
import type {Secret} from '../secret/secret.ts'
import type {AcmeAuthority, Proof, Showing} from './acme.ts'
import {environmentOfName, type Name} from './serving.ts'

/** http-01: every edge of the name answers on port 80, from the running HAProxy alone. */
export function shownByEdges(platform: Platform, name: Name, at: At): Showing {
  const entry = ({token, answer}: Proof): HaproxyEntryWanted => ({
    kind: 'haproxy-entry',
    list: 'map',
    path: edgeFiles.acme,
    key: `/.well-known/acme-challenge/${token}`,
    value: answer,
  })
  const everywhere = async (want: HaproxyEntryWanted) => {
    const edges = hostsOf(await environmentOfName(platform, name), 'edge')
    const apply = async (edge: string) =>
      (await platform.machine(edge)).apply([want], {fence: at.fence(environmentLock(name.id))})
    return Promise.allSettled(edges.map(apply))
  }
  return {
    kind: 'http-01',
    show: async proof => {
      const done = await everywhere(entry(proof))
      const failed = done.find(one => one.status === 'rejected')
      // One edge that is down does not keep the others from answering; the authority may ask any.
      if (failed && done.every(one => one.status === 'rejected')) throw failed.reason
    },
    // What stays behind is gone with the process that holds it.
    hide: async proof => void (await everywhere({...entry(proof), absent: true})),
  }
}

/** dns-01: a record put by RFC 2136, under a key that may change `_acme-challenge` names only. */
export function shownByDns({dns}: AcmeAuthority, key: Secret | undefined): Showing {
  if (dns === undefined || key === undefined) throw new Bug('dns-01 without a server or a key was chosen')
  const change = (lines: readonly string[]) => updated(dns, key, lines)
  return {
    kind: 'dns-01',
    show: ({hostname, answer}) =>
      change([`update delete ${recordOf(hostname)} TXT`, `update add ${recordOf(hostname)} 60 TXT "${answer}"`]),
    hide: ({hostname}) => change([`update delete ${recordOf(hostname)} TXT`]),
  }
}

const recordOf = (hostname: string): string => `_acme-challenge.${hostname}.`

/** The key lies in a file of its own for the time of the call: it never stands in a command line. */
async function updated(
  {server, port}: NonNullable<AcmeAuthority['dns']>,
  key: Secret,
  lines: readonly string[],
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-dns-'))
  const file = join(folder, 'key')
  try {
    writeFileSync(file, key.expose(), {mode: 0o600})
    const child = spawn('nsupdate', ['-t', '10', '-k', file], {stdio: ['pipe', 'ignore', 'pipe']})
    const exit = new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', code => resolve(code ?? 1))
    })
    child.stdin.on('error', () => {})
    child.stdin.end(`server ${server} ${port}\n${lines.join('\n')}\nsend\n`)
    const [said, code] = await Promise.all([text(child.stderr), exit])
    if (code !== 0)
      throw new Failure('dns-update-failed', `${server} took no update: ${said.trim().split('\n').at(-1)}.`, {
        facts: {server, port, said: said.slice(-500)},
      })
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}
