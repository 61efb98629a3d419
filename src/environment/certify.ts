import {daysOfCertificate, renewalManaged} from '../ca/model.ts'
import {certificatesOf, deleteCertificates, insertCertificate} from '../ledger/certificate.ts'
import {keySecretsOf} from '../ledger/certificate-life.ts'
import type {Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import type {Environment} from './model.ts'
import type {Platform} from './platform.ts'
import type {Environments} from './stage.ts'
import {faces} from './wanted.ts'

/** Each of their names has a certificate of the internal authority, its key in the secret store (R026). */
export function certified(platform: Platform, environments: Environments): Fact & {readonly undo: Undo} {
  return {
    holds: async () => {
      const all = await environments()
      return (await Promise.all(all.map(one => uncertified(platform, one)))).every(names => names.length === 0)
    },
    make: async at => {
      for (const environment of await environments()) {
        for (const hostname of await uncertified(platform, environment)) await certify(platform, hostname, at.operator)
      }
    },
    undo: {
      kind: 'by',
      undo: async () => {
        for (const environment of await environments()) await forgetCertificates(platform, environment)
      },
    },
  }
}

/** Certificates and keys of an environment gone from the ledger. */
export async function forgetCertificates({ledger, secrets}: Platform, environment: Environment): Promise<void> {
  for (const name of await keySecretsOf(ledger, environment.id)) await secrets.remove(name)
  for (const face of faces) await secrets.remove(keySecretOf(environment.hostnames[face]))
  await deleteCertificates(ledger, environment.id)
}

async function uncertified({ledger, secrets}: Platform, environment: Environment): Promise<readonly string[]> {
  const rows = await certificatesOf(ledger, environment.id)
  const has = new Set<string>()
  for (const {hostname, keySecret} of rows) if ((await secrets.get(keySecret)) !== undefined) has.add(hostname)
  return faces.map(face => environment.hostnames[face]).filter(hostname => !has.has(hostname))
}

/** The key first: a row whose key is missing would be a certificate nobody can serve. */
async function certify(platform: Platform, hostname: string, owner: string): Promise<void> {
  const {key, ...issued} = await (await platform.authority()).issue({names: [hostname], days: daysOfCertificate})
  const keySecret = keySecretOf(hostname)
  await platform.secrets.put(keySecret, key)
  await insertCertificate(platform.ledger, {hostname, keySecret, ...issued, derogation: renewalManaged(owner)})
}

function keySecretOf(hostname: string): string {
  return `certificate/${hostname}/key`
}
