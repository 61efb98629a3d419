import {Temporal} from 'temporal-polyfill'
import type {Contract} from '../contract/model.ts'
import {addressed, type Environment} from '../environment/model.ts'
import {
  accountsOf,
  type Environments,
  environmentLock,
  type Platform,
  type Welcome,
  welcomes,
} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {documentOf, insertDocument, linksSecret} from '../ledger/document.ts'
import {render} from '../render/render.ts'
import type {Fact} from '../runbook/step.ts'
import {Secret} from '../secret/secret.ts'

/** What the connection document is called in the ledger. */
export const documentKind = 'connection'

interface Wanted {
  readonly contract: Contract
  /** Written within the last day. */
  readonly fresh?: boolean
  /** Written after this instant, RFC 3339. */
  readonly after?: string
}

/** The customer's document is there, in their language, with one-time links instead of passwords (R118). */
export function connectionDocument(
  platform: Platform,
  environments: Environments,
  {contract, fresh = false, after}: Wanted,
): Fact {
  return {
    holds: async () => {
      const document = await documentOf(platform.ledger, contract.tenant, documentKind)
      if (document === undefined || (await links(platform, contract.tenant)) === undefined) return false
      // The ledger's clock wrote both.
      if (after !== undefined && Temporal.Instant.compare(document.createdAt, after) <= 0) return false
      if (document.locale !== contract.locale || !document.body.includes(`\n${contract.legalName}\n`)) return false
      const all = await environments()
      return all.every(one => covers(document.body, one, contract)) && !(fresh && isOld(document.createdAt, platform))
    },
    make: async at => {
      const parts: Part[] = []
      for (const environment of await environments()) {
        const fence = at.fence(environmentLock(environment.id))
        // A repeated step asks anew: what the first attempt was told, nobody wrote down.
        const id = `${at.run}-welcome-${environment.id}-${platform.clock.now().epochNanoseconds}`
        parts.push({environment, welcomes: await welcomes(platform, environment, {contract, id, fence})})
      }
      await keep(platform, contract, parts)
    },
  }
}

/** Each account of an environment is named below its address. */
function covers(body: string, environment: Environment, contract: Contract): boolean {
  const from = body.indexOf(`https://${addressed(environment).edition}/`)
  const emails = accountsOf(contract, environment.hostnames.edition).map(({email}) => ` ${email}\n`)
  return from >= 0 && emails.every(email => body.includes(email, from))
}

/** Links live 7 days; a customer should have most of them. */
function isOld(createdAt: Temporal.Instant, {clock}: Platform): boolean {
  return Temporal.Instant.compare(createdAt.add({hours: 24}), clock.now()) < 0
}

export interface ConnectionDocument {
  readonly locale: string
  readonly createdAt: Temporal.Instant
  /** With the links put in: a secret, until each was used. */
  readonly text: Secret
}

/** The customer's document. Throws `Refusal('not-found')` before there is one. */
export async function neededDocument(
  platform: Pick<Platform, 'ledger' | 'secrets'>,
  tenant: string,
): Promise<ConnectionDocument> {
  const [document, found] = await Promise.all([
    documentOf(platform.ledger, tenant, documentKind),
    links(platform, tenant),
  ])
  if (document === undefined || found === undefined) {
    throw new Refusal('not-found', `There is no connection document of ${tenant}.`, {
      facts: {tenant},
      remedies: ['selfhelp tenant list'],
    })
  }
  const {locale, createdAt, body} = document
  const text = new Secret(body.replace(/\{\{link (\d+)\}\}/g, (_, at) => found[Number(at)] ?? ''))
  return {locale, createdAt, text}
}

interface Part {
  readonly environment: Environment
  readonly welcomes: readonly Welcome[]
}

async function keep({ledger, secrets}: Platform, contract: Contract, parts: readonly Part[]): Promise<void> {
  const urls: string[] = []
  const placed = parts.map(({environment, welcomes}) => ({
    name: environment.name,
    ...addressed(environment),
    accounts: welcomes.map(({email, role, url}) => ({email, role, link: `{{link ${urls.push(url.expose()) - 1}}}`})),
  }))
  const expires = parts.flatMap(({welcomes}) => welcomes.map(({expiresAt}) => Temporal.Instant.from(expiresAt)))
  const first = expires.sort(Temporal.Instant.compare)[0]
  const until = first ? shown(first, contract) : ''
  const body = render(`document/connection.${contract.locale}.txt`, {
    legalName: contract.legalName,
    until,
    environments: placed,
  })
  await secrets.put(linksSecret(contract.tenant), new Secret(JSON.stringify(urls)))
  await insertDocument(ledger, contract.tenant, {kind: documentKind, locale: contract.locale, body})
}

async function links(
  {ledger, secrets}: Pick<Platform, 'ledger' | 'secrets'>,
  tenant: string,
): Promise<readonly string[] | undefined> {
  if ((await documentOf(ledger, tenant, documentKind)) === undefined) return undefined
  const sealed = await secrets.get(linksSecret(tenant))
  return sealed ? (JSON.parse(sealed.expose()) as string[]) : undefined
}

function shown(at: Temporal.Instant, {timeZone, locale}: Contract): string {
  const options = {timeZone, dateStyle: 'long', timeStyle: 'short'} as const
  return `${new Intl.DateTimeFormat(locale, options).format(at.epochMilliseconds)} (${timeZone})`
}
