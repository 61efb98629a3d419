import {lookup, Resolver} from 'node:dns/promises'
import {isIP} from 'node:net'
import type {Names} from './spf.ts'

/** The DNS as this machine asks it; what cannot be found is empty. */
export function systemNames(): Names {
  const resolver = new Resolver({timeout: 3000, tries: 2})
  return {
    txt: async name => (await orNone(resolver.resolveTxt(name))).map(parts => parts.join('')),
    addresses: async name =>
      isIP(name) ? [name] : (await orNone(lookup(name, {all: true}))).map(({address}) => address),
    mailServers: async name => (await orNone(resolver.resolveMx(name))).map(({exchange}) => exchange),
  }
}

async function orNone<T>(asked: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await asked
  } catch {
    return []
  }
}
