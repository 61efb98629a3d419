import {readFileSync} from 'node:fs'
import {Temporal} from 'temporal-polyfill'
import {asHost, type Host} from '../../src/host/model.ts'
import type {Spec, Vpn} from '../../src/vpn/model.ts'
import {checkedSpec} from '../../src/vpn/read.ts'

const example = readFileSync(new URL('../../examples/vpn-acme.yaml', import.meta.url))

/** What the example agrees. */
export const acme = checkedSpec(example).document as Spec

/** It as it was recorded. */
export const vpn = (spec: Spec, number = 1, gateway = 'north-9'): Vpn => ({spec, number, gateway})

/** A host in service at that address. */
export function host(name: string, address: string, roles: readonly string[] = ['gateway']): Host {
  const facts = {debian: 12, architecture: 'x64', container: true, processors: 1, memoryMegabytes: 512}
  return asHost({
    ...{name, site: 'north', address, port: 22, hostKey: 'ssh-ed25519 AAAA', roles},
    facts: {...facts, addresses: [address], controlPlane: ['10.99.1.1']},
    addedAt: Temporal.Instant.from('2026-01-01T00:00:00Z'),
    retiredAt: undefined,
  })
}
