import type {Authority} from '../ca/model.ts'
import {internalAuthority} from '../ca/steps.ts'
import {host as hostRow} from '../ledger/host.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {secretStore} from '../ledger/secret-store.ts'
import {type Deployable, deployable} from '../release/steps.ts'
import {keyFileOf} from '../secret/key-file.ts'
import type {World} from '../world.ts'
import {pageOver} from './page.ts'
import type {Platform} from './platform.ts'

/** What building environments needs, made of the collaborators of this process; each part opened once. */
export async function platformOf(world: World): Promise<Platform> {
  const ledger = await world.ledger()
  const {clock, home} = world
  const secrets = secretStore(ledger, keyFileOf(home, world.env))
  const releases = new Map<string, Promise<Deployable>>()
  let authority: Promise<Authority> | undefined
  return {
    ledger,
    secrets,
    clock,
    machine: world.machine,
    authority: () => {
      authority ??= internalAuthority({ledger, secrets, clock})
      return authority
    },
    release: async (version, host) => {
      const architecture = await architectureOf(ledger, host)
      const key = `${version} ${architecture}`
      const found = releases.get(key) ?? deployable({ledger, secrets, home}, {version, architecture})
      releases.set(key, found)
      return found
    },
    page: pageOver,
  }
}

async function architectureOf(ledger: Ledger, name: string): Promise<'x64' | 'arm64'> {
  const row = await hostRow(ledger, name)
  return row?.facts.architecture === 'arm64' ? 'arm64' : 'x64'
}
