import {randomUUID} from 'node:crypto'
import {existsSync, writeFileSync} from 'node:fs'
import {hostname, userInfo} from 'node:os'
import {join} from 'node:path'
import type {Clock} from '../clock.ts'
import {Refusal} from '../error.ts'
import type {Anchors} from '../ledger/anchor.ts'
import {canonical} from '../ledger/canonical.ts'
import type {Actor} from '../ledger/journal.ts'
import type {Queries} from '../ledger/ledger.ts'
import {type OperatorRow, operatorByKey} from '../ledger/operator.ts'
import {readPrivateFile} from '../secret/private-file.ts'
import {assertAnchored} from './anchored.ts'
import {agentKeys, inFolder, keygenSign, publicHalf} from './keygen.ts'
import {namespace, type Signed, type SignedRequest} from './model.ts'
import {parsePublicKey, readText} from './public-key.ts'
import {parseEd25519, signEd25519} from './sshsig.ts'

/** What is asked, before anybody signed it. */
export type Asked = Pick<SignedRequest, 'command' | 'input' | 'reason' | 'ticket' | 'run'>

export interface Signing {
  readonly ledger: Queries
  readonly anchors: Pick<Anchors, 'holds'>
  readonly clock: Clock
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  /** `--operator-key`. */
  readonly keyFile?: string | undefined
}

/** Where `init` puts the first operator's key when none was given. */
export function defaultKeyFile(home: string): string {
  return join(home, 'operator-key')
}

/** The key of the machine operator, which signs what nobody typed and never approves. */
export function machineKeyFile(home: string): string {
  return join(home, 'machine-key')
}

/**
 * Signs a request with the operator's SSH key: `--operator-key`, else `SELFHELP_OPERATOR_KEY`, else the one in the
 * home, else the agent's. Refusals `operator-key-missing` and `operator-unknown`: without a valid key nothing changes.
 */
export async function signRequest(asked: Asked, signing: Signing): Promise<Signed> {
  const {operator, sign} = await findKey(signing)
  const {command, input, reason, ticket, run} = asked
  const request: SignedRequest = JSON.parse(
    canonical({
      ...{command, input, reason, ticket, run},
      ...{operator: operator.email, at: signing.clock.now(), nonce: randomUUID()},
    }),
  )
  return {...whereWeAre(operator.email), role: operator.role, request, signature: await sign(canonical(request))}
}

/** The operator together with the account and machine this process runs as. */
function whereWeAre(operator: string): Actor {
  return {operator, account: userInfo().username, machine: hostname()}
}

interface Key {
  readonly publicKey: string
  sign(message: string): Promise<string>
}

async function findKey(signing: Signing): Promise<{operator: OperatorRow; sign: Key['sign']}> {
  const {home, env, ledger} = signing
  const named = signing.keyFile ?? env.SELFHELP_OPERATOR_KEY
  const file = named || (existsSync(defaultKeyFile(home)) ? defaultKeyFile(home) : undefined)
  const keys = file === undefined ? await keysOfAgent(env) : [await keyOfFile(file, env)]
  if (keys.length === 0)
    throw new Refusal(
      'operator-key-missing',
      'No operator key was found, so nothing can be signed and nothing was changed.',
      {
        remedies: ['--operator-key FILE', 'SELFHELP_OPERATOR_KEY=FILE', 'ssh-add FILE'],
      },
    )
  for (const {publicKey, sign} of keys) {
    const operator = await operatorByKey(ledger, publicKey)
    if (!operator || operator.retiredAt) continue
    await assertAnchored(signing.anchors, operator)
    return {operator, sign}
  }
  throw await nobody(ledger, keys, file)
}

async function nobody(ledger: Queries, keys: readonly Key[], file = 'the SSH agent'): Promise<Refusal> {
  const retired = await operatorByKey(ledger, keys[0]?.publicKey ?? '')
  const why = retired ? `${retired.email}, who is no operator any more` : 'no operator'
  return new Refusal('operator-unknown', `The key of ${file} belongs to ${why}; nothing was changed.`, {
    facts: {keys: keys.map(({publicKey}) => publicKey)},
    remedies: ['selfhelp operator list', 'Let an operator type: selfhelp operator add EMAIL --key FILE.pub'],
  })
}

async function keyOfFile(file: string, env: NodeJS.ProcessEnv): Promise<Key> {
  const text = readText(file)
  const isPublic = parsePublicKey(text)
  if (isPublic) return {publicKey: isPublic, sign: message => signOutside(message, file, env)}
  const own = parseEd25519(readPrivateFile(file))
  if (own) return {publicKey: own.publicKey, sign: async message => signEd25519(message, own, namespace)}
  const beside = existsSync(`${file}.pub`) ? readText(`${file}.pub`) : await publicHalf(file, env)
  const publicKey = parsePublicKey(beside ?? '')
  if (!publicKey) throw new Refusal('input-invalid', `${file} is no SSH key that opens here.`)
  return {publicKey, sign: message => signOutside(message, file, env)}
}

async function keysOfAgent(env: NodeJS.ProcessEnv): Promise<Key[]> {
  const lines = await agentKeys(env)
  const keys = lines.map(parsePublicKey).filter(key => key !== undefined)
  return keys.map(publicKey => ({
    publicKey,
    sign: message =>
      inFolder(async folder => {
        const file = join(folder, 'key.pub')
        writeFileSync(file, `${publicKey}\n`)
        return signOutside(message, file, env)
      }),
  }))
}

async function signOutside(message: string, file: string, env: NodeJS.ProcessEnv): Promise<string> {
  const signature = await keygenSign(message, file, env)
  if (signature) return signature
  throw new Refusal('operator-key-missing', `ssh-keygen could not sign with ${file}; nothing was changed.`, {
    remedies: ['If it has a passphrase: ssh-add FILE'],
  })
}
