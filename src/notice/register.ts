import {hostname} from 'node:os'
import {linksSecret} from '../ledger/document.ts'
import type {Secret} from '../secret/secret.ts'
import type {World} from '../world.ts'
import type {Delivering} from './deliver.ts'
import {relaySecret} from './relay.ts'

/** What sending needs, with the collaborators of this process. */
export async function deliveringOf(world: World): Promise<Delivering> {
  return {
    ...(world.rehearsal ? {send: async () => ({state: 'deferred' as const, reply: 'a plan: nothing was sent'})} : {}),
    ledger: await world.ledger(),
    clock: world.clock,
    executor: `${hostname()}/${process.pid}/${world.clock.now().epochMilliseconds}`,
    password: async owner => (await world.secrets()).get(relaySecret(owner)),
    fill: async (tenant, text) => filled(text, await (await world.secrets()).get(linksSecret(tenant))),
  }
}

/**
 * `{{link N}}` stands for the Nth of the tenant's sealed one-time links: it is opened as the mail leaves, and lies
 * nowhere else. A text can name no other secret, whoever wrote it.
 */
export function filled(text: string, sealed: Secret | undefined): string {
  if (!text.includes('{{link ')) return text
  const links: readonly string[] = sealed ? JSON.parse(sealed.expose()) : []
  return text.replaceAll(/\{\{link (\d+)\}\}/g, (_, at) => links[Number(at)] ?? '')
}
