import type {Contract, EnvironmentName} from '../contract/model.ts'
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
