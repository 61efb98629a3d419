import {createHash} from 'node:crypto'
import type {HaproxyCertificateWanted, Staple} from '../haproxy.ts'
import type {Action, Answer, Operation, Question} from '../model.ts'
import {said, saying} from './haproxy.ts'
import {fileFact, modeOf} from './stat.ts'

/** A certificate in the running HAProxy and in the file it starts from; HAProxy itself refuses what does not fit. */
export const haproxyCertificate: Operation<HaproxyCertificateWanted> = {
  kind: 'haproxy-certificate',
  title: want => `haproxy-certificate ${want.path}`,
  path: want => want.path,
  questions: ({path, staple}) => [
    {ask: 'file', args: [path, '-']},
    saying(`show ssl cert ${path}`),
    {ask: 'file', args: [`${path}.ocsp`, '-']},
    ...(staple ? [runningStaple(path)] : []),
  ],
  compare(want, [file, running, beside, stapled]) {
    const of = haproxyCertificate.title(want)
    const [have, lines] = [fileFact(file), said(running)]
    const runs = lines !== undefined && !lines.some(line => line.includes('Not found'))
    if (want.absent) return have || runs || fileFact(beside) ? [{of, what: 'remove', actions: [forget(want)]}] : []
    const same = have?.type === 'regular file' && have.sha256 === sha256(want.pem.expose()) && isOurs(have)
    const served = lines === undefined || lines.includes(`SHA1 FingerPrint: ${leafOf(want.pem.expose())}`)
    const given = isGiven(want.staple, {lines, beside: fileFact(beside)?.sha256, stapled})
    const what = [
      ...(same ? [] : [have ? 'content' : 'create']),
      ...(served ? [] : [runs ? 'replace' : 'serve']),
      ...(given ? [] : ['staple']),
    ]
    return what.length === 0 ? [] : [{of, what: what.join(', '), actions: [commit(want)]}]
  },
}

/** Of what its responder said, the line that tells one word from another. */
function runningStaple(path: string): Question {
  return saying(`show ssl cert ${path}.ocsp`, 'This Update:')
}

interface Found {
  /** What runs, as `show ssl cert` tells it. */
  readonly lines: readonly string[] | undefined
  readonly beside: string | undefined
  readonly stapled: Answer | undefined
}

function isGiven(staple: Staple | undefined, {lines, beside, stapled}: Found): boolean {
  if (!staple) return beside === undefined && !lines?.some(line => /^OCSP Response Key: \S/.test(line))
  const running = said(stapled)
  const kept = beside === sha256(Buffer.from(staple.response, 'base64'))
  return kept && (running === undefined || running.some(line => line.trim() === `This Update: ${asPrinted(staple)}`))
}

/** `Nov  2 09:00:00 2026 GMT`, as OpenSSL prints an instant. */
function asPrinted({saidAt}: Staple): string {
  const [, day = '', month, year, time] = /^\w+, 0?(\d+) (\w+) (\d+) (\S+)/.exec(new Date(saidAt).toUTCString()) ?? []
  return `${month} ${day.padStart(2)} ${time} ${year} GMT`
}

function commit({path, check, pem, staple}: HaproxyCertificateWanted): Action {
  return {act: 'haproxy_certificate', args: [path, staple?.response ?? '-', ...check], input: pem, shared: true}
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

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')
