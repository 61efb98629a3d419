import {existsSync} from 'node:fs'
import {Refusal} from '../error.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {addOperator, operator, operators} from '../ledger/operator.ts'
import {putSetting} from '../ledger/setting.ts'
import {assertEmail} from '../operator/model.ts'
import {defaultKeyFile, keyInFile, machineKeyFile, readPublicKey} from '../operator/steps.ts'
import {writeWhole} from '../secret/private-file.ts'
import {newSshKey} from '../secret/ssh-key.ts'

export interface OperatorGiven {
  readonly operator: string | undefined
  /** A `.pub` file; without one a key is made in the home. */
  readonly operatorKey: string | undefined
}

export interface FirstOperators {
  /** A person. */
  readonly operator: string
  /** Its private key, when we made it. */
  readonly operatorKeyFile?: string
  /** Signs what nobody typed; never approves. */
  readonly machineOperator: string
  readonly machineKeyFile: string
}

interface Given extends OperatorGiven {
  readonly home: string
  readonly baseDomain: string
  /** The person's address when none was given. */
  readonly fallback: string
}

/** The first person and the machine operator, made where they are missing. */
export async function makeOperators(ledger: Ledger, given: Given): Promise<FirstOperators> {
  const {home, baseDomain} = given
  const email = await firstPerson(ledger, given)
  const machineKey = machineKeyFile(home)
  const machineOperator = `machine@${baseDomain}`
  if (!(await operator(ledger, machineOperator))) {
    const publicKey = makeKeyFile(machineKey, machineOperator)
    await addOperator(ledger, {email: machineOperator, role: 'machine', publicKey})
    await putSetting(ledger, 'machine-operator', machineOperator)
  }
  const file = defaultKeyFile(home)
  return {
    operator: email,
    ...(existsSync(file) ? {operatorKeyFile: file} : {}),
    machineOperator,
    machineKeyFile: machineKey,
  }
}

async function firstPerson(ledger: Ledger, given: Given): Promise<string> {
  const people = (await operators(ledger)).filter(({role, retiredAt}) => role !== 'machine' && !retiredAt)
  const first = people.toSorted((a, b) => a.addedAt.epochMilliseconds - b.addedAt.epochMilliseconds)[0]
  const email = given.operator ?? first?.email ?? asEmail(given.fallback)
  assertEmail(email)
  if (people.some(each => each.email === email)) return email
  if (first)
    throw new Refusal('operator-exists', `The first operator is ${first.email}; others are added by an operator.`, {
      remedies: [`selfhelp operator add ${email} --key FILE.pub`],
    })
  const publicKey = given.operatorKey
    ? readPublicKey(given.operatorKey)
    : makeKeyFile(defaultKeyFile(given.home), email)
  if (!(await addOperator(ledger, {email, role: 'cmc', publicKey})))
    throw new Refusal('operator-exists', `The key for ${email} belongs to another operator, or the address is retired.`)
  return email
}

/** The public half of the key in that file; the key is made when there is none, also after a crash in between. */
function makeKeyFile(file: string, comment: string): string {
  if (existsSync(file)) return keyInFile(file)
  const {privateKey, publicKey} = newSshKey(comment)
  writeWhole(file, privateKey.expose())
  writeWhole(`${file}.pub`, `${publicKey} ${comment}\n`, 0o644)
  return publicKey
}

function asEmail(fallback: string): string {
  return fallback.toLowerCase()
}
