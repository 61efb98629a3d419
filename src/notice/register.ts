import {hostname} from 'node:os'
import type {World} from '../cli/world.ts'
import type {Delivering} from './deliver.ts'
import {relaySecret} from './relay.ts'

/** What sending needs, with the collaborators of this process. */
export async function deliveringOf(world: World): Promise<Delivering> {
  return {
    ledger: await world.ledger(),
    clock: world.clock,
    executor: `${hostname()}/${process.pid}/${world.clock.now().epochMilliseconds}`,
    password: async owner => (await world.secrets()).get(relaySecret(owner)),
    fill: async (_, text) => filled(world, text),
  }
}

/** `{{secret NAME N}}` stands for the Nth of a sealed list: it is opened as the mail leaves, and lies nowhere else. */
async function filled(world: World, text: string): Promise<string> {
  const names = new Set([...text.matchAll(/\{\{secret (\S+) \d+\}\}/g)].map(([, name]) => name ?? ''))
  let out = text
  for (const name of names) {
    const sealed = await (await world.secrets()).get(name)
    const list = sealed ? (JSON.parse(sealed.expose()) as readonly string[]) : []
    out = out.replaceAll(/\{\{secret (\S+) (\d+)\}\}/g, (all, of, at) => (of === name ? (list[Number(at)] ?? '') : all))
  }
  return out
}
