import type pg from 'pg'
import {type Context, createApp} from '../app.ts'
import {transaction} from '../database.ts'
import {accountOf, addAccount, findAccount} from '../edition/accounts.ts'
import {editionPages} from '../edition/routes.ts'
import {newToken} from '../edition/token.ts'
import {makeWelcome} from '../edition/welcome.ts'
import {type Incoming, type Outgoing, OutgoingRefused} from '../gateway.ts'
import {schemaLevel} from '../migrate.ts'
import type {Procedure} from '../portal/procedure.ts'
import {portalPages} from '../portal/routes.ts'
import {createLimit} from '../web/limit.ts'
import type {App} from '../web/listener.ts'
import type {Answer} from '../web/message.ts'

/** What operations ask about. */
export interface Admin {
  readonly context: Context
  readonly pool: pg.Pool
  readonly gateway: (call: Outgoing) => Promise<Incoming>
}

export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly ms: number
  readonly problem?: string
  readonly [fact: string]: unknown
}

export interface Smoke {
  readonly ok: boolean
  readonly checks: readonly Check[]
}

/** Uses the application as a person would, in every mode, and leaves no trace: what it writes is rolled back. */
export async function smoke(admin: Admin): Promise<Smoke> {
  const checks: Check[] = [
    await check('schema-level', () => schemaFits(admin)),
    await check('procedure', () => procedureRuns(admin)),
    await check('sign-in', () => transaction(admin.pool, sql => signInWorks({...admin.context, sql}), {keep: false})),
  ]
  if (admin.context.state().neutralised) checks.push(await check('outgoing-refused', () => outgoingIsRefused(admin)))
  return {ok: checks.every(one => one.ok), checks}
}

async function check(name: string, work: () => Promise<Record<string, unknown>>): Promise<Check> {
  const start = performance.now()
  const ms = () => Math.round(performance.now() - start)
  try {
    return {name, ok: true, ...(await work()), ms: ms()}
  } catch (error) {
    return {name, ok: false, problem: (error as Error).message, ms: ms()}
  }
}

async function schemaFits({context}: Admin): Promise<Record<string, unknown>> {
  const found = await schemaLevel(context.sql)
  must(found === context.release.schemaLevel, `level ${found} instead of ${context.release.schemaLevel}`)
  return {level: found}
}

async function procedureRuns({context}: Admin): Promise<Record<string, unknown>> {
  const tried = inside(context, 'presentation')
  const visitor = new Visitor(createApp(tried, portalPages(tried)), tried.config.urls.presentation)
  must((await visitor.get('/')).status === 200, 'the home page does not answer 200')
  let ends = 0
  for (const procedure of context.procedures) ends += await runAllWays(visitor, procedure)
  return {ends}
}

// Every choice of every question is taken once from the page that offers it, until an End answers.
async function runAllWays(visitor: Visitor, procedure: Procedure): Promise<number> {
  const from = async (path: string): Promise<number> => {
    const answer = await visitor.get(path)
    must(answer.status === 200, `${path} answers ${answer.status}`)
    const id = path.split('?')[0]?.split('/')[3] ?? 'start'
    const step = procedure.steps[id]
    if (step?.kind === 'end') return 1
    const query = path.split('?')[1] ?? ''
    if (step?.kind !== 'question') return await from(`/help/${procedure.alias}/${step?.to}?${query}`)
    let ends = 0
    for (const choice of step.choices) {
      const next = await visitor.get(`/help/${procedure.alias}/${id}/next?${query}&${id}=${choice.id}`)
      must(next.status === 303, `${id}=${choice.id} answers ${next.status}`)
      ends += await from(next.headers.location ?? '')
    }
    return ends
  }
  return await from(`/help/${procedure.alias}`)
}

async function signInWorks(context: Context): Promise<Record<string, unknown>> {
  const tried = inside(context, 'edition')
  const visitor = new Visitor(createApp(tried, editionPages(tried)), tried.config.urls.edition)
  const email = `smoke-${newToken().slice(0, 8).toLowerCase()}@selfhelp.invalid`
  const password = newToken()
  await addAccount(tried.sql, {email, name: '', role: 'test'}, new Date(tried.clock()))
  const account = await findAccount(tried.sql, email)
  must(account !== undefined && (await accountOf(tried.sql, account.id)) !== undefined, 'the account is not there')
  const {token} = await makeWelcome(tried.sql, account?.id ?? '', tried.clock())
  const set = await visitor.post(`/welcome/${token}`, {password, repeated: password})
  must(set.status === 303, `the one-time link answers ${set.status}`)
  must((await visitor.post(`/welcome/${token}`, {password, repeated: password})).status === 410, 'the link works twice')
  visitor.forget()
  must(
    (await visitor.post('/sign-in', {email, password: `${password}x`})).status === 422,
    'a wrong password is accepted',
  )
  must((await visitor.post('/sign-in', {email, password})).status === 303, 'the right password is refused')
  must(String((await visitor.get('/')).body).includes(email), 'the page after sign-in does not name the account')
  return {}
}

async function outgoingIsRefused({gateway}: Admin): Promise<Record<string, unknown>> {
  try {
    await gateway({url: new URL('https://outgoing.selfhelp.invalid/')})
  } catch (error) {
    if (error instanceof OutgoingRefused) return {}
  }
  throw new Error('an outgoing call was not refused')
}

// The same pages on the same database, open whatever the mode, with counters of their own.
function inside(context: Context, role: 'presentation' | 'edition'): Context {
  const limit = () => createLimit(1000, 60_000, context.clock)
  return {
    ...context,
    config: {...context.config, role},
    state: () => ({mode: 'open', neutralised: context.state().neutralised}),
    together: work => work(context.sql),
    limits: {account: limit(), source: limit(), feedback: limit()},
  }
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}

/** A browser in little: follows nothing, keeps one cookie. */
class Visitor {
  readonly #app: App
  readonly #origin: string
  #cookie = ''

  constructor(app: App, origin: string) {
    this.#app = app
    this.#origin = origin
  }

  forget(): void {
    this.#cookie = ''
  }

  get(path: string): Promise<Answer> {
    return this.#ask('GET', path, '')
  }

  post(path: string, fields: Record<string, string>): Promise<Answer> {
    return this.#ask('POST', path, new URLSearchParams(fields).toString())
  }

  async #ask(method: string, target: string, body: string): Promise<Answer> {
    const url = new URL(target, this.#origin)
    const answer = await this.#app({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: {
        origin: this.#origin,
        cookie: this.#cookie,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body,
      source: 'smoke',
    })
    this.#cookie = answer.headers['set-cookie']?.split(';')[0] ?? this.#cookie
    return answer
  }
}
