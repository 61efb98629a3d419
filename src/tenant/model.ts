import type {Contact, Contract, EnvironmentName} from '../contract/model.ts'
import type {Placed} from '../environment/model.ts'

/** An environment that is to be made, with what was decided about it before the run began. */
export interface Decided {
  readonly id: string
  readonly name: EnvironmentName
  readonly version: string
  readonly base: string
  readonly placed: readonly Placed[]
}

/** What `tenant create` was typed as; with the same, it continues or changes nothing. */
export interface TenantTyped {
  readonly contract: Contract
  /** `--host ROLE=NAME` */
  readonly hosts: Readonly<Record<string, string>>
}

export interface TenantInput extends TenantTyped {
  readonly environments: readonly Decided[]
}

/** An account of the runtime, made by us for the customer (R116). */
export interface WantedAccount {
  readonly email: string
  readonly name: string
  readonly role: 'administrator' | 'test'
}

/** The people who operate or decide administrate; and one test account, whose credentials are its own (R116). */
export function accountsOf(contract: Contract, edition: string): readonly WantedAccount[] {
  const people = contract.contacts.filter(({roles}) => roles.some(role => role !== 'security'))
  const administrators = (people.length > 0 ? people : contract.contacts).map(administrator)
  const unique = new Map(administrators.map(account => [account.email, account]))
  return [...unique.values(), {email: `test@${edition}`, name: 'Test', role: 'test'}]
}

function administrator({email, name}: Contact): WantedAccount {
  return {email: email.toLowerCase(), name, role: 'administrator'}
}
