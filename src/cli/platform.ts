import {internalAuthority, newServerKey} from '../ca/steps.ts'
import type {Authority} from '../certificate/model.ts'
import {type Platform, pageOver} from '../environment/steps.ts'
import {secretStore} from '../ledger/secret-store.ts'
import {keyFileOf} from '../secret/key-file.ts'
import type {World} from './world.ts'

/** What building environments needs, made of the collaborators of this process; each part opened once. */
export async function platformOf(world: World): Promise<Platform> {
  const ledger = await world.ledger()
  const {clock} = world
  const secrets = secretStore(ledger, keyFileOf(world.home, world.env))
  let authority: Promise<Authority> | undefined
  return {
    ledger,
    secrets,
    clock,
    machine: world.machine,
    authority: () => {
      authority ??= internalAuthority({ledger, secrets, clock}).then(({root, issue}) => ({
        certificate: root,
        issue: async ({names, days}) => {
          const {publicKey, privateKey} = newServerKey()
          const issued = await issue({hostnames: names as [string, ...string[]], days, publicKey})
          return {...issued, key: privateKey}
        },
      }))
      return authority
    },
    release: (version, host) => deployableOn(world, version, host),
    page: pageOver,
  }
}

async function deployableOn(world: World, version: string, host: string): Promise<Deployable> {
  const ledger = await world.ledger()
  const {facts} = await hostNamed(ledger, host)
  const architecture = facts.architecture === 'arm64' ? 'arm64' : 'x64'
  return deployable({ledger, home: world.home}, {version, architecture})
}
