import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import t, {type Test} from 'tap'
import {Temporal} from 'temporal-polyfill'
import {systemClock} from '../../src/clock.ts'
import {connectLedger} from '../../src/ledger/connect.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {writeKit} from '../../src/safekeeping/kit.ts'
import {restoreLedger} from '../../src/safekeeping/restore.ts'
import {newKey, writeKeys} from '../../src/secret/key-file.ts'

const env = {XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR}
const [earlier, later] = ['2026-11-22T13:30:00Z', '2026-11-22T14:00:00Z']

/** A home in which a restore was interrupted, and the same typed again with that moment. */
function interrupted(t: Test, stage: string) {
  const folder = t.testdir()
  const [home, keyFile] = [join(folder, 'home'), join(folder, 'key')]
  mkdirSync(join(home, 'postgres'), {recursive: true})
  writeFileSync(join(home, 'postgres/PG_VERSION'), '15\n')
  writeFileSync(join(home, 'ledger-restore'), stage)
  const key = newKey()
  writeKeys(keyFile, [key])
  const host = {name: 'backup01', address: '192.0.2.1', hostKey: 'ssh-ed25519 AAAA'}
  const content = {host, folder: '/there', passphrase: 'word', sshKey: 'key', sshPublicKey: 'public', files: {}}
  writeKit(folder, content, {key, recovery: {}, madeAt: earlier})
  const again = (at: string | undefined) =>
    restoreLedger({
      ...{home, env, clock: systemClock, kit: join(folder, 'recovery/ledger-kit.json'), keyFile},
      ...{recoveryKey: undefined, operatorKey: undefined, at: at === undefined ? undefined : Temporal.Instant.from(at)},
      request: {command: 'ledger restore', input: {}},
      ways: () => {
        throw new Error('goes to the host')
      },
      tell: () => {},
    })
  return {home, again}
}

t.test('a restore that was laid out is not typed again with another moment', async t => {
  const {again} = interrupted(t, `open ${earlier}`)
  for (const at of [later, undefined])
    await t.rejects(again(at), {code: 'restore-state', remedies: [new RegExp(`with --at ${earlier}`), /empty folder/]})
  const whole = interrupted(t, 'open end')
  await t.rejects(whole.again(earlier), {code: 'restore-state', remedies: [/without --at/, /empty folder/]})
})

t.test('until it is laid out another moment may be given, and is remembered', async t => {
  for (const stage of [`laying ${earlier}`, 'laying']) {
    const {home, again} = interrupted(t, stage)
    await t.rejects(again(later), {message: 'goes to the host'}, stage)
    t.equal(readFileSync(join(home, 'ledger-restore'), 'utf8'), `laying ${later}`)
    const ledger = await connectLedger({kind: 'private', place: placeOf(home, env), database: 'postgres'})
    await t.rejects(ledger.one`select 1`, {code: 'ledger-missing'}, 'nobody opens it meanwhile')
    await ledger.close()
  }
})
