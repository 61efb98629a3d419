import {environmentsOf} from '../ledger/environment.ts'
import type {Queries} from '../ledger/ledger.ts'

/** An environment on a host of its: the account all its services run as, and the ports that are its own there. */
export interface Resident {
  /** `acme/production` */
  readonly environment: string
  readonly account: string
  readonly host: string
  readonly ports: readonly {readonly purpose: string; readonly port: number}[]
}

/** Every environment on every host where it has ports. */
export async function residentsOf(ledger: Queries): Promise<readonly Resident[]> {
  return (await environmentsOf(ledger)).flatMap(({id, tenant, name, placed, ports}) => {
    const owners = ['presentation', 'edition', 'database']
    const hosts = new Set(placed.filter(({role}) => owners.includes(role)).map(({host}) => host))
    const own = Object.entries(ports ?? {}).map(([purpose, port]) => ({purpose, port}))
    return [...hosts].map(host => ({environment: `${tenant}/${name}`, account: id, host, ports: own}))
  })
}
