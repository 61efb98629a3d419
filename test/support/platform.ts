import {readFileSync} from 'node:fs'
import type {Contract} from '../../src/contract/model.ts'
import {readContract} from '../../src/contract/read.ts'
import {insertEnvironment} from '../../src/ledger/environment.ts'
import {insertTenant} from '../../src/ledger/tenant.ts'
import type {TestLedger} from './ledger.ts'

export const acme = readContract(readFileSync(new URL('../../examples/acme.yaml', import.meta.url)), 'acme.yaml')

/** A tenant in the ledger whose production is in service; nothing stands on any host. */
export async function inService(ledger: TestLedger, more: Partial<Contract> = {}): Promise<Contract> {
  const contract = {...acme, ...more}
  const {tenant} = contract
  await insertTenant(ledger, contract)
  for (const name of ['production', 'qualification'] as const) {
    const label = name === 'production' ? tenant : `${tenant}-${name}`
    const hostnames = {presentation: `${label}.a.test`, edition: `${label}-edition.a.test`}
    const id = `e${[...`${name.slice(0, 1)}${tenant}`.replace(/[^a-z]/g, '').padEnd(6, 'x')].slice(0, 6).join('')}`
    await insertEnvironment(ledger, {id, tenant, name, version: '0.1.0', topology: 'single', placed: [], hostnames})
  }
  await ledger.owner.all`update environment set phase = 'production' where tenant = ${tenant}`
  return contract
}
