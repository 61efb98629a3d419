import {randomBytes} from 'node:crypto'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {controlKeySecret} from '../host/model.ts'
import {host} from '../ledger/host.ts'
import {recoverySeals} from '../ledger/secret.ts'
import {putSetting, setting} from '../ledger/setting.ts'
import type {At} from '../runbook/model.ts'
import {keyFileOf, readKeys} from '../secret/key-file.ts'
import {Secret} from '../secret/secret.ts'
import {repositoryOf, setsOf} from './engine.ts'
import {homeFiles, type KitContent, writeKit} from './kit.ts'
import {bring} from './mirror.ts'
import {archiveLock} from './model.ts'
import {folderThere, type Keeper, keptOn, privateLedger} from './place.ts'

/** The repository, the releases and the kit are on the other host as they are here; the ledger knows since when. */
export async function bringAway(keeper: Keeper, input: {readonly host?: string}, at: At): Promise<void> {
  const {ledger, home, clock} = keeper
  const {place} = privateLedger(keeper)
  const name = await keptOn(ledger, input.host)
  const folder = await folderThere(ledger)
  const machine = await keeper.machine(name)
  const fence = at.fence(archiveLock)
  const {files} = await bring(machine, {here: repositoryOf(place), there: join(folder, 'repository')}, fence)
  const shelf = join(home, 'releases')
  if (existsSync(shelf)) await bring(machine, {here: shelf, there: join(folder, 'releases')}, fence)
  const kit = await kitOf(keeper, {name, folder})
  const put = {act: 'put', args: [join(folder, 'ledger-kit.json'), 'root', 'root', '0600'], input: kit}
  await machine.act(`kit-${crypto.randomUUID()}`, [put], fence)
  const label = (await setsOf(place)).at(-1)?.label
  const arrived = {host: name, folder, arrivedAt: clock.now().toString(), ...(label ? {label} : {})}
  await putSetting(ledger, 'ledger-backup', arrived)
  at.tell(`${files} files were brought to ${name}`)
}

async function kitOf(keeper: Keeper, {name, folder}: {name: string; folder: string}): Promise<string> {
  const {ledger, secrets, home, env, clock} = keeper
  const [row, sshKey, keys] = [
    await host(ledger, name),
    await secrets.get(controlKeySecret),
    readKeys(keyFileOf(home, env)),
  ]
  const content: KitContent = {
    host: {name, address: row?.address ?? '', hostKey: row?.hostKey ?? ''},
    folder,
    passphrase: (await passphrase(keeper)).expose(),
    sshKey: sshKey?.expose() ?? '',
    sshPublicKey: (await setting(ledger, 'ssh-public-key')) ?? '',
    files: homeFiles(home),
  }
  const [key] = keys
  const seals = (await recoverySeals(ledger)).filter(({keyId}) => keyId === key?.id)
  const recovery = Object.fromEntries(seals.map(({fingerprint, sealed}) => [fingerprint, sealed.toString('base64')]))
  if (key === undefined) throw new RangeError('a key file has a key')
  return writeKit(home, content, {key, recovery, madeAt: clock.now().toString({smallestUnit: 'second'})})
}

const passphraseSecret = 'ledger/backup-passphrase'

/** What the repository is encrypted with. Made once; the kit has it too. */
export async function passphrase({secrets}: Pick<Keeper, 'secrets'>): Promise<Secret> {
  const known = await secrets.get(passphraseSecret)
  if (known !== undefined) return known
  await secrets.put(passphraseSecret, new Secret(randomBytes(48).toString('base64')))
  return (await secrets.get(passphraseSecret)) as Secret
}
