import {type Finding, reportFindings} from '../event/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {type ScanNeeds, type Scanned, scanEnvironments} from './scan.ts'

/** Each morning every name is asked at every edge what it offers; what a rule forbids is a finding until it is gone. */
export function certificateScan(needs: () => Promise<ScanNeeds>): Runbook<object> {
  return runbook<object>({
    id: 'certificate-scan',
    bySchedule: true,
    change: 'drill',
    title: () => 'scan what edges offer',
    subject: () => 'edges',
    tenant: () => undefined,
    environments: () => [],
    locks: () => ['certificate:scan'],
    steps: () => [step('every-edge-was-asked-from-outside', looked(needs))],
  })
}

function looked(needs: () => Promise<ScanNeeds>): Fact {
  let done = false
  return {
    holds: async () => done,
    make: async at => {
      const world = await needs()
      const {items, findings, from} = await scanEnvironments(world, [])
      at.tell(`${items.length} names at their edges, from ${from}: ${findings} findings`)
      for (const scanned of items) {
        const {name, host} = scanned
        const look = {subject: `${name} at ${host}`, kinds: [kind], found: foundIn(scanned)}
        await reportFindings(world.ledger, look, world.clock.now())
      }
      done = true
    },
  }
}

const kind = 'tls-weak'

function foundIn({environment, name, host, findings}: Scanned): readonly Finding[] {
  if (findings.length === 0) return []
  const [tenant = ''] = environment.split('/')
  const remedy = `selfhelp certificate scan ${environment}; selfhelp host apply ${host}`
  const detail = {environment, findings: findings.map(({rule, sentence}) => ({rule, sentence}))}
  return [{kind, subject: `${name} at ${host}`, tenant, remedy, detail}]
}
