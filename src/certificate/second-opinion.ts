import {type Environment, fullName} from '../environment/model.ts'
import {Failure} from '../error.ts'
import {insertEvidence} from '../ledger/evidence.ts'
import type {Probe} from '../probe/model.ts'
import {fromProbe} from '../probe/steps.ts'
import {type ToolName, tools} from '../tls/steps.ts'
import {type ScanNeeds, scannedNodes} from './scan.ts'

/** What a tool of somebody else's found of one name at one edge node. */
export interface Opinion {
  readonly environment: string
  readonly name: string
  readonly host: string
  readonly tool: ToolName
  readonly version: string
  readonly passed: boolean
  readonly findings: readonly string[]
}

export interface OpinionNeeds extends Pick<ScanNeeds, 'ledger' | 'clock' | 'part'> {
  readonly probe: Probe
  /** Installs Debian packages on this machine, where a probe point in a network namespace has its programs. */
  install(packages: readonly string[]): Promise<void>
}

/**
 * Has other tools scan the same from the same probe point, one after the other, and keeps what they found as evidence; a tool
 * that is not there is installed first. Throws `Failure('probe-failed')` where that fails, or one gives no result.
 */
export async function secondOpinions(
  needs: OpinionNeeds,
  names: readonly string[],
  asked: readonly ToolName[],
): Promise<readonly Opinion[]> {
  const nodes = await scannedNodes(needs.ledger, names)
  const opinions: Opinion[] = []
  for (const tool of asked) await present(needs, tool)
  for (const node of nodes) {
    for (const tool of asked) {
      needs.part?.at(`${tool} looks at ${node.name} at ${node.host}`)
      opinions.push(await opinion(needs, node, tool))
    }
  }
  return opinions
}

/** Debian's package of a tool is there, where it was not. Throws `Failure('probe-failed')` when it cannot be installed. */
async function present({probe, install, part}: Omit<OpinionNeeds, 'ledger' | 'clock'>, name: ToolName) {
  const {debian} = tools[name]
  if ((await fromProbe(probe, ['sh', '-c', 'command -v "$1"', 'sh', name])).exit === 0) return
  part?.at(`installing ${debian}`)
  if (probe.kind === 'netns') return install([debian])
  const {exit, err} = await fromProbe(probe, ['sh', '-c', installing, 'sh', debian], 600_000)
  if (exit === 0) return
  throw new Failure('probe-failed', `${debian} could not be installed at the probe point ${probe.name}.`, {
    facts: {probe: probe.name, package: debian, said: err.slice(-300)},
    remedies: [`At the probe point: apt-get install ${debian}`],
  })
}

/** First with the package lists there are; when that fails, with new ones. */
const installing = `as=; [ "$(id -u)" = 0 ] || as='sudo -n'
get() { $as env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "$1"; }
{ get "$1" || { $as apt-get -q update && get "$1"; }; } >&2`

interface Looked {
  readonly environment: Environment
  readonly name: string
  readonly address: string
  readonly port: number
  readonly host: string
}

async function opinion({ledger, clock, probe}: OpinionNeeds, node: Looked, name: ToolName): Promise<Opinion> {
  const {argv, within, read, debian} = tools[name]
  const at = clock.now()
  const {exit, out, err} = await fromProbe(probe, argv(node), within)
  const result = read(out)
  if (result === undefined) {
    throw new Failure('probe-failed', `${name} gave no result at the probe point ${probe.name}: exit ${exit}.`, {
      facts: {probe: probe.name, tool: name, said: err.slice(-300)},
      remedies: [`At the probe point: apt-get install ${debian}`],
    })
  }
  const {environment, host} = node
  const {version, passed, findings, body} = result
  await insertEvidence(ledger, {
    ...{kind: name, environment: environment.id, subject: `${node.name} at ${host}`, at, tool: name, version, passed},
    body: {...body, findings},
  })
  return {environment: fullName(environment), name: node.name, host, tool: name, version, passed, findings}
}
