import {Temporal} from 'temporal-polyfill'
import type {Contact, Contract} from '../contract/model.ts'
import {Failure} from '../error.ts'
import type {Answer, Fence} from '../machine/model.ts'
import type {At} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {Secret} from '../secret/secret.ts'
import {asking} from './asking.ts'
import {type Environment, hostOf, originsOf} from './model.ts'
import type {Platform} from './platform.ts'
import {type Environments, environmentLock} from './stage.ts'

/** An account of the runtime, made by us for the customer (R116). */
export interface WantedAccount {
  readonly email: string
  readonly name: string
  readonly role: 'administrator' | 'test'
}

/** A one-time link, where a password is set. */
export interface Welcome {
  readonly email: string
  readonly role: WantedAccount['role']
  readonly url: Secret
  /** RFC 3339. */
  readonly expiresAt: string
}

/** Every environment has its administrators and its test account, without a password yet (R116). */
export function accounts(platform: Platform, environments: Environments, contract: Contract): Fact {
  const lacks = async (environment: Environment) => {
    const known = await knownAccounts(platform, environment)
    return accountsOf(contract, environment.hostnames.edition).some(({email}) => !known.has(email))
  }
  // Making works on what was just found missing.
  const found = new WeakMap<At, readonly Environment[]>()
  const lacking = async () => {
    const all = await Promise.all((await environments()).map(async one => ((await lacks(one)) ? [one] : [])))
    return all.flat()
  }
  return {
    holds: async at => {
      const without = await lacking()
      found.set(at, without)
      return without.length === 0
    },
    make: async at => {
      for (const environment of found.get(at) ?? (await lacking())) {
        const fence = at.fence(environmentLock(environment.id))
        // The whole list each time: an exchange that was cut between two accounts goes on only where it is the same one.
        const wishes = accountsOf(contract, environment.hostnames.edition)
        await ask(platform, environment, {id: `${at.run}-accounts-${environment.id}`, fence, wishes})
      }
    },
  }
}

/** New one-time links for all accounts of an environment; the ones before them end. */
export async function welcomes(
  platform: Platform,
  environment: Environment,
  {contract, id, fence}: {contract: Contract; id: string; fence: Fence},
): Promise<readonly Welcome[]> {
  const wishes = accountsOf(contract, environment.hostnames.edition).map(account => ({...account, renew: true}))
  const origins = originsOf(environment, 'edition').map(name => `https://${name}`)
  const answers = await ask(platform, environment, {id, fence, wishes})
  return answers.map((answer, at) => {
    const {url, expiresAt} = said(environment, answer, (form: WelcomeForm) => welcomeForm(form, origins))
    const {email, role} = wishes[at] as WantedAccount
    return {email, role, url: new Secret(url), expiresAt}
  })
}

async function knownAccounts(platform: Platform, environment: Environment): Promise<ReadonlySet<string>> {
  const machine = await platform.machine(hostOf(environment, 'edition'))
  const args = asking(environment, 'edition', ['GET', '/internal/accounts'])
  const [answer] = await machine.ask([{ask: 'run_as', args}])
  return new Set(said(environment, answer, accountsForm))
}

interface Asked {
  readonly id: string
  readonly fence: Fence
  readonly wishes: readonly object[]
}

async function ask(
  platform: Platform,
  environment: Environment,
  {id, fence, wishes}: Asked,
): Promise<readonly Answer[]> {
  if (wishes.length === 0) return []
  const machine = await platform.machine(hostOf(environment, 'edition'))
  const args = asking(environment, 'edition', ['POST', '/internal/accounts'])
  const answers = await machine.act(
    id,
    wishes.map(wish => ({act: 'run_as', args, input: JSON.stringify(wish), secretAnswer: true})),
    fence,
  )
  for (const answer of answers) understood(environment, answer)
  return answers
}

const accountsForm = (said: {items: {email: string}[]}) => said.items.map(({email}) => email)

interface WelcomeForm {
  readonly welcome: {readonly url: string; readonly expiresAt: string}
}

/** A link leads to the service's own pages, and is written as an address is: it will stand in mail. */
function welcomeForm({welcome}: WelcomeForm, origins: readonly string[]) {
  const url = new URL(welcome.url)
  if (!origins.includes(url.origin)) throw new RangeError('not its own address')
  return {url: url.href, expiresAt: Temporal.Instant.from(welcome.expiresAt).toString()}
}

/** The service may have fallen to somebody: what cannot be read is its fault, not ours. */
function said<S, T>(environment: Environment, answer: Answer | undefined, read: (said: S) => T): T {
  const {out} = understood(environment, answer)
  try {
    return read(JSON.parse(out) as S)
  } catch {
    return understood(environment, {exit: 1, out, err: 'its answer is not what it should be'}) as never
  }
}

function understood(environment: Environment, answer: Answer | undefined): Answer {
  if (answer?.exit === 0) return answer
  throw new Failure('runtime-silent', `The edition service ${environment.id} did not do what it was asked.`, {
    facts: {environment: environment.id, exit: answer?.exit, said: answer?.err.slice(0, 500)},
    remedies: [`On ${hostOf(environment, 'edition')}: journalctl -u ${environment.id}-edition`],
  })
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
