import {randomBytes} from 'node:crypto'
import type {Authority} from '../ca/model.ts'
import {Bug} from '../error.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import {Secret} from '../secret/secret.ts'
import type {Environment} from './model.ts'
import type {DatabaseSecrets} from './wanted.ts'
import {databaseName} from './wanted.ts'

const names = (id: string) => ({
  password: `environment/${id}/database-password`,
  chain: `environment/${id}/database-chain`,
  key: `environment/${id}/database-key`,
})

/** The database of an environment is ours alone, so its certificate lives as long as the longest contract. */
const daysOfDatabase = 3_650

/** Makes the secrets of an environment, once: what is there stays. */
export async function makeSecrets(
  environment: Pick<Environment, 'id' | 'hostnames'>,
  store: SecretStore,
  authority: Authority,
): Promise<void> {
  const {password, chain, key} = names(environment.id)
  if ((await store.get(password)) === undefined)
    await store.put(password, new Secret(randomBytes(24).toString('base64url')))
  if ((await store.get(key)) !== undefined) return
  const issued = await authority.issue({names: [databaseName(environment)], days: daysOfDatabase})
  await store.put(chain, new Secret(issued.chain))
  await store.put(key, issued.key)
}

/** The secrets of an environment. */
export async function secretsOf(
  {id}: Pick<Environment, 'id'>,
  store: SecretStore,
  ca: string,
): Promise<DatabaseSecrets> {
  const {password, chain, key} = names(id)
  const need = async (name: string) => {
    const found = await store.get(name)
    if (found === undefined) throw new Bug(`the secret ${name} is not there`)
    return found
  }
  const [word, certificate, secret] = await Promise.all([need(password), need(chain), need(key)])
  return {password: word, tls: {ca, chain: certificate.expose(), key: secret}}
}

/** Forgets the secrets of an environment. */
export async function removeSecrets({id}: Pick<Environment, 'id'>, store: SecretStore): Promise<void> {
  for (const name of Object.values(names(id))) await store.remove(name)
}
