import {randomBytes} from 'node:crypto'
import {type Environment, hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Bug, Refusal} from '../error.ts'
import {host} from '../ledger/host.ts'
import {Secret} from '../secret/secret.ts'
import type {Identity, Pair} from './wanted.ts'

const names = (id: string) => ({
  passphrase: `environment/${id}/backup-passphrase`,
  database: `environment/${id}/backup-database`,
  repository: `environment/${id}/backup-repository`,
})

/** Both ends live as long as the longest contract: nobody but our own hosts ever sees these certificates. */
const days = 3_650

/** Both ends of an environment's backups with their secrets, made once. Throws `Refusal('placement-refused')`. */
export async function pairOf(platform: Platform, environment: Environment): Promise<Pair> {
  const {id} = environment
  const [database, repository] = [hostOf(environment, 'database'), repositoryOf(environment)]
  const base = environment.hostnames.presentation.split('.').slice(1).join('.')
  const [address, otherAddress] = [await addressOf(platform, database), await addressOf(platform, repository)]
  const identity = (secret: string, name: string) => identityOf(platform, {secret, name: `${name}.${base}`})
  return {
    environment,
    authority: (await platform.authority()).certificate,
    passphrase: await passphraseOf(platform, id),
    database: {
      host: database,
      address,
      name: `${database}.host.${base}`,
      client: await identity(names(id).database, `${id}-backup-database`),
      server: await identity(`host/${database}/backup-server`, `${database}.host`),
    },
    repository: {
      host: repository,
      address: otherAddress,
      name: `${repository}.host.${base}`,
      client: await identity(names(id).repository, `${id}-backup-repository`),
      server: await identity(`host/${repository}/backup-server`, `${repository}.host`),
    },
  }
}

/** The host that keeps its backups. Throws `Refusal('placement-refused')` when it has none, or its database's own. */
export function repositoryOf(environment: Environment): string {
  const found = environment.placed.find(({role}) => role === 'repository')?.host
  const {tenant, name} = environment
  if (found === undefined)
    throw new Refusal('placement-refused', `${tenant}/${name} has no repository host: its backups have no place.`, {
      remedies: ['selfhelp host add … --role repository', `selfhelp environment show ${tenant}/${name}`],
    })
  if (found !== hostOf(environment, 'database')) return found
  throw new Refusal('placement-refused', `${tenant}/${name} would keep its backups on the host of its database.`, {
    facts: {host: found},
    remedies: ['A repository is another host, on the secondary site where there is one.'],
  })
}

/** Forgets the secrets of an environment's backups: without its passphrase no backup opens any more. */
export async function forgetPair({secrets}: Platform, id: string): Promise<void> {
  for (const name of Object.values(names(id))) await secrets.remove(name)
}

async function passphraseOf({secrets}: Platform, id: string): Promise<Secret> {
  const name = names(id).passphrase
  const known = await secrets.get(name)
  if (known !== undefined) return known
  await secrets.put(name, new Secret(randomBytes(48).toString('base64')))
  return (await secrets.get(name)) as Secret
}

/** Certificate and key lie in one secret, so that they always belong together. */
async function identityOf(platform: Platform, {secret, name}: {secret: string; name: string}): Promise<Identity> {
  const known = await platform.secrets.get(secret)
  if (known === undefined) {
    const issued = await (await platform.authority()).issue({names: [name], days, client: true})
    await platform.secrets.put(secret, new Secret(JSON.stringify({chain: issued.chain, key: issued.key.expose()})))
    return identityOf(platform, {secret, name})
  }
  const {chain, key} = JSON.parse(known.expose()) as {chain: string; key: string}
  return {name, chain, key: new Secret(key)}
}

async function addressOf({ledger}: Platform, name: string): Promise<string> {
  const found = await host(ledger, name)
  if (found === undefined) throw new Bug(`there is no host ${name}`)
  return found.address
}
