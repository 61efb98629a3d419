import {createHash} from 'node:crypto'
import type {HaproxyCertificateWanted} from '../haproxy.ts'
import type {Action, Operation} from '../model.ts'
import {said, saying} from './haproxy.ts'
import {fileFact, modeOf} from './stat.ts'

/** A certificate in the running HAProxy and in the file it starts from; HAProxy itself refuses what does not fit. */
export const haproxyCertificate: Operation<HaproxyCertificateWanted> = {
  kind: 'haproxy-certificate',
  title: want => `haproxy-certificate ${want.path}`,
  path: want => want.path,
  questions: ({path}) => [{ask: 'file', args: [path, '-']}, saying(`show ssl cert ${path}`)],
  compare(want, [file, running]) {
    const of = haproxyCertificate.title(want)
    const [have, lines] = [fileFact(file), said(running)]
    const runs = lines !== undefined && !lines.some(line => line.includes('Not found'))
    if (want.absent) return have || runs ? [{of, what: 'remove', actions: [forget(want)]}] : []
    const same = have?.type === 'regular file' && have.sha256 === sha256(want.pem.expose()) && isOurs(have)
    const served = lines === undefined || lines.includes(`SHA1 FingerPrint: ${leafOf(want.pem.expose())}`)
    const what = [...(same ? [] : [have ? 'content' : 'create']), ...(served ? [] : [runs ? 'replace' : 'serve'])]
    return what.length === 0 ? [] : [{of, what: what.join(', '), actions: [commit(want)]}]
  },
}

function commit({path, check, pem}: HaproxyCertificateWanted): Action {
  return {act: 'haproxy_certificate', args: [path, ...check], input: pem, shared: true}
}

function forget({path}: HaproxyCertificateWanted): Action {
  return {act: 'haproxy_forget', args: [path], shared: true}
}

function isOurs({owner, group, mode}: {owner: string; group: string; mode: string}): boolean {
  return owner === 'root' && group === 'root' && modeOf(mode) === '0600'
}

/** As HAProxy prints it: SHA-1 over the first certificate of the file. */
function leafOf(pem: string): string {
  const [, body = ''] = /-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(pem) ?? []
  return createHash('sha1').update(Buffer.from(body, 'base64')).digest('hex').toUpperCase()
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
