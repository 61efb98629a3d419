import type {Target} from './model.ts'
import {forbiddenBy, suiteName} from './registry.ts'

/** A scanner of somebody else's, as a second opinion. */
export const toolNames = ['sslscan', 'testssl'] as const
export type ToolName = (typeof toolNames)[number]

export interface Tool {
  readonly name: ToolName
  /** Debian's package. */
  readonly debian: string
  /** The command line at the probe point. */
  argv(target: Target): readonly string[]
  /** Milliseconds it may take. */
  readonly within: number
  /** What it found; undefined when what it printed is no result. */
  read(out: string): ToolResult | undefined
}

export interface ToolResult {
  readonly version: string
  readonly passed: boolean
  /** In its own words, each a line. */
  readonly findings: readonly string[]
  readonly body: Readonly<Record<string, unknown>>
}

/** The tools, by name. */
export const tools: Readonly<Record<ToolName, Tool>> = {
  sslscan: {
    name: 'sslscan',
    debian: 'sslscan',
    within: 60_000,
    argv: ({name, address, port}) => [
      ...['sslscan', '--xml=-', '--no-colour', '--no-failed', `--sni-name=${name}`],
      address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
    ],
    read: sslscan,
  },
  testssl: {
    name: 'testssl',
    debian: 'testssl.sh',
    within: 400_000,
    argv: ({name, address, port}) => ['sh', '-c', testsslProgram, 'testssl', name, address, `${port}`],
    read: testssl,
  },
}

/**
 * Without a name server that answers, testssl hangs for minutes: the resolver is told to give up at once, and no name is looked
 * up (--nodns none). Its result can only be a file.
 */
const testsslProgram = `d=$(mktemp -d) && trap 'rm -rf "$d"' EXIT && cd "$d" || exit 1
export RES_OPTIONS='attempts:1 timeout:1' HOME="$d"
testssl --version 2>/dev/null | tr -d '\\033' | sed -n 's/.*testssl[^0-9]*\\([0-9][0-9.]*\\).*/version \\1/p' | head -n 1
case $2 in *:*) a="[$2]" ;; *) a=$2 ;; esac
testssl --quiet --color 0 --warnings off --nodns none --ip "$a" -p -s -S -h -U --severity LOW --jsonfile o.json "https://$1:$3/" >/dev/null 2>&1
cat o.json`

const oldVersions = /<protocol type="(ssl|tls)" version="([\d.]+)" enabled="1"/g

function sslscan(out: string): ToolResult | undefined {
  const version = /<document[^>]* version="([^"]+)"/.exec(out)?.[1]
  if (version === undefined || !out.includes('</ssltest>')) return undefined
  const versions = [...out.matchAll(oldVersions)].map(([, kind = '', number = '']) => `${kind.toUpperCase()} ${number}`)
  const ciphers = [...out.matchAll(/<cipher [^>]*sslversion="([^"]+)"[^>]*cipher="([^"]+)" id="([^"]+)"/g)]
  const accepted = ciphers.map(([, protocol, cipher, id]) => ({protocol, cipher, id}))
  const findings = [
    ...versions.filter(each => each !== 'TLS 1.2' && each !== 'TLS 1.3').map(each => `${each} is offered`),
    ...accepted.filter(({id}) => forbiddenBy(suiteName(Number(id)))).map(({cipher}) => `${cipher} is offered`),
    ...(/<heartbleed [^>]*vulnerable="1"/.test(out) ? ['Heartbleed'] : []),
  ]
  return {version, passed: findings.length === 0, findings, body: {versions, accepted}}
}

interface Line {
  readonly id: string
  readonly severity: string
  readonly finding: string
}

/** What it takes for wrong and we do not: who chooses the cipher, and what is judged against the contract's own roots. */
const expected = /^(?:cipher_order|cert_revocation|cert_chain_of_trust|cert_caIssuers|DNS_CAArecord|HTTP_status_code)/

function testssl(out: string): ToolResult | undefined {
  const version = /^version (\S+)$/m.exec(out)?.[1]
  const from = out.indexOf('[')
  if (version === undefined || from < 0) return undefined
  const lines = JSON.parse(out.slice(from)) as readonly Line[]
  const severe = lines.filter(({id, severity}) => /HIGH|CRITICAL|FATAL/.test(severity) && !expected.test(id))
  return {
    version,
    passed: severe.length === 0,
    findings: severe.map(({id, severity, finding}) => `${severity} ${id}: ${finding}`),
    body: {lines: lines.map(({id, severity, finding}) => ({id, severity, finding}))},
  }
}
