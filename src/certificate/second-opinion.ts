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
}

/**
 * Has other tools scan the same from the same probe point, one after the other, and keeps what they found as evidence. Throws
 * `Failure('probe-failed')` where a tool is not there or gives no result.
 */
export async function secondOpinions(
  needs: OpinionNeeds,
  names: readonly string[],
  asked: readonly ToolName[],
): Promise<readonly Opinion[]> {
  const nodes = await scannedNodes(needs.ledger, names)
  const opinions: Opinion[] = []
  for (const node of nodes) {
    for (const tool of asked) {
      needs.part?.at(`${tool} looks at ${node.name} at ${node.host}`)
      opinions.push(await opinion(needs, node, tool))
    }
  }
  return opinions
}

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
