import {existsSync, mkdirSync} from 'node:fs'
import {hostname, userInfo} from 'node:os'
import {join} from 'node:path'
import {createAuthority, rootFile} from '../ca/steps.ts'
import {scanSchedule, tendSchedule} from '../certificate/steps.ts'
import type {Clock} from '../clock.ts'
import {Refusal} from '../error.ts'
import {refillSchedule, ticketSchedule} from '../host/steps.ts'
import {headSchedule} from '../journal/model.ts'
import {type Anchors, anchorsIn} from '../ledger/anchor.ts'
import {createLedger} from '../ledger/create.ts'
import {lockFile} from '../ledger/file-lock.ts'
import {append} from '../ledger/journal.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {addRecoveryKey} from '../ledger/rotate.ts'
import {putSchedule} from '../ledger/schedule.ts'
import {recoverySeals} from '../ledger/secret.ts'
import {secretStore} from '../ledger/secret-store.ts'
import {putSetting, setting} from '../ledger/setting.ts'
import {activitySchedule} from '../maintenance/steps.ts'
import {defaultKeyFile, machineKeyFile, signRequest} from '../operator/steps.ts'
import {keyFileOf, newKey, readKeys, writeKeys} from '../secret/key-file.ts'
import {readNamed} from '../secret/private-file.ts'
import {recoveryKey} from '../secret/recovery.ts'
import {beginAnchors} from './anchors.ts'
import {makeKeys} from './keys.ts'
import {type FirstOperators, makeOperators, type OperatorGiven} from './operators.ts'

export interface InitInput extends OperatorGiven {
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly baseDomain: string | undefined
  /** Files with public keys in PEM. */
  readonly recoveryKeys: readonly string[]
}

export interface Initialised extends FirstOperators {
  readonly home: string
  readonly baseDomain: string
  /** The root certificate of the internal authority. */
  readonly caFile: string
  /** The control plane's SSH key, public half. */
  readonly sshKeyFile: string
  /** The key-encryption key. */
  readonly keyFile: string
  readonly recoveryKeys: number
  /** False when everything was there already. */
  readonly changed: boolean
}

/** Makes whatever is missing of a control plane: ledger, keys, authority, first operators. Idempotent; any number at once. */
export async function init(input: InitInput): Promise<Initialised> {
  const {home, env} = input
  const recovery = input.recoveryKeys.map(file => recoveryKey(readNamed(file), file))
  mkdirSync(home, {recursive: true, mode: 0o711})
  await using _ = await lockFile(join(home, 'init.lock'))
  const ledger = await createLedger({home, env})
  try {
    const before = await count(ledger)
    const keyFile = await makeKeyFile(ledger, keyFileOf(home, env))
    const secrets = secretStore(ledger, keyFile)
    const baseDomain = await settleBaseDomain(ledger, input.baseDomain)
    const sshKeyFile = await makeKeys({ledger, secrets, home})
    await createAuthority({ledger, secrets, clock: input.clock}, baseDomain, home)
    const anchors = anchorsIn(secrets)
    const operators = await makeOperators(ledger, {
      ...input,
      baseDomain,
      fallback: `${userInfo().username}@${hostname()}`,
    })
    await beginAnchors({ledger, anchors}, home)
    await putSchedule(ledger, headSchedule)
    for (const job of [tendSchedule, scanSchedule, refillSchedule, ticketSchedule, activitySchedule])
      await putSchedule(ledger, job)
    for (const key of recovery) await addRecoveryKey(ledger, key, {keyFile, home})
    const changed = (await count(ledger)) !== before
    const recoveryKeys = (await recoverySeals(ledger)).length
    const result = {home, baseDomain, caFile: rootFile(home), sshKeyFile, keyFile, recoveryKeys, changed, ...operators}
    if (changed) await record({ledger, anchors}, input, result)
    return result
  } finally {
    await ledger.close()
  }
}

/** Rows that init makes: equal before and after when it changed nothing. */
async function count(ledger: Ledger): Promise<number> {
  const row = await ledger.one<{rows: number}>`
    select (select count(*) from setting) + (select count(*) from operator) + (select count(*) from secret)
      + (select count(*) from recovery_key) as rows`
  return row?.rows ?? 0
}

/** A new key only where nothing was sealed yet: otherwise the old one must be found again. */
async function makeKeyFile(ledger: Ledger, keyFile: string): Promise<string> {
  const sealed = await ledger.one`select from secret limit 1`
  if (sealed || existsSync(keyFile)) readKeys(keyFile)
  else writeKeys(keyFile, [newKey()])
  return keyFile
}

async function settleBaseDomain(ledger: Ledger, wanted: string | undefined): Promise<string> {
  const found = await setting(ledger, 'base-domain')
  if (found !== undefined && wanted !== undefined && found !== wanted)
    throw new Refusal('base-domain-fixed', `The base domain is ${found}; names and certificates stand on it.`, {
      remedies: ['Leave --base-domain out.', 'Another base domain is another control plane: set SELFHELP_HOME.'],
    })
  if (found !== undefined) return found
  const domain = (wanted ?? 'ezvsaas.test').toLowerCase()
  if (!/^(?=.{4,100}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(domain))
    throw new Refusal('input-invalid', `${JSON.stringify(domain)} is no domain name.`, {
      remedies: ['--base-domain ezvsaas.test'],
    })
  await putSetting(ledger, 'base-domain', domain)
  return domain
}

async function record(
  {ledger, anchors}: {readonly ledger: Ledger; readonly anchors: Anchors},
  {home, env, clock}: InitInput,
  result: Initialised,
): Promise<void> {
  const {baseDomain, operator, machineOperator} = result
  const request = {command: 'init', input: {home, baseDomain, operator, machineOperator}}
  const keyFile = existsSync(defaultKeyFile(home)) ? undefined : machineKeyFile(home)
  const {
    signature,
    request: body,
    ...signed
  } = await signRequest(request, {ledger, anchors, clock, home, env: {...env, SELFHELP_OPERATOR_KEY: ''}, keyFile})
  const {account, machine} = signed
  const entry = {at: clock.now(), kind: 'command', subject: 'ledger', result: 'done', body, signature} as const
  await append(ledger, {...entry, operator: signed.operator, account, machine})
}
