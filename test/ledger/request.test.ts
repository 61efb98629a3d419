import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import t, {type Test} from 'tap'
import {Temporal} from 'temporal-polyfill'
import {systemClock} from '../../src/clock.ts'
import {anchorsIn} from '../../src/ledger/anchor.ts'
import {append} from '../../src/ledger/journal.ts'
import {addOperator, retireOperator} from '../../src/ledger/operator.ts'
import {secretStore} from '../../src/ledger/secret-store.ts'
import {anchorOperator} from '../../src/operator/anchored.ts'
import {mutate} from '../../src/operator/mutate.ts'
import {parsePublicKey} from '../../src/operator/public-key.ts'
import {signRequest} from '../../src/operator/sign.ts'
import {verifyRequest} from '../../src/operator/verify.ts'
import {newKey, writeKeys} from '../../src/secret/key-file.ts'
import {newSshKey} from '../../src/secret/ssh-key.ts'
import {freshLedger} from '../support/ledger.ts'

const asked = {command: 'tenant create', input: {name: 'acme', sites: ['b', 'a']}, reason: 'ordered'}
const env = {PATH: process.env.PATH}
const anchors = {holds: async () => true}

async function withJane(t: Test) {
  const ledger = await freshLedger(t)
  const home = t.testdir()
  const {privateKey, publicKey} = newSshKey('jane')
  writeFileSync(join(home, 'operator-key'), privateKey.expose(), {mode: 0o600})
  await addOperator(ledger, {email: 'jane@cmc.test', role: 'cmc', publicKey})
  return {ledger, home, publicKey, signing: {ledger, anchors, home, env, clock: systemClock}}
}

t.test('a request is signed with the key in the home, and verified from the ledger', async t => {
  const {ledger, signing} = await withJane(t)
  const signed = await signRequest(asked, signing)
  t.match(signed, {operator: 'jane@cmc.test', role: 'cmc', request: asked})
  t.match(await verifyRequest({ledger, anchors}, signed.request, signed.signature), {email: 'jane@cmc.test'})
  const again = await signRequest(asked, signing)
  t.not(again.request.nonce, signed.request.nonce)
  const forged = {...signed.request, input: {name: 'evil'}}
  await t.rejects(verifyRequest({ledger, anchors}, forged, signed.signature), {code: 'signature-invalid'})
})

t.test('whom nobody of us made an operator signs nothing, whatever stands in the ledger', async t => {
  const {ledger, home, signing, publicKey} = await withJane(t)
  const keyFile = join(home, 'keys')
  writeKeys(keyFile, [newKey()])
  const anchors = anchorsIn(secretStore(ledger, keyFile))
  const jane = {email: 'jane@cmc.test', role: 'cmc', publicKey} as const
  await t.rejects(signRequest(asked, {...signing, anchors}), {code: 'signature-invalid', exit: 3})
  await anchorOperator(anchors, jane)
  const signed = await signRequest(asked, {...signing, anchors})
  t.match(await verifyRequest({ledger, anchors}, signed.request, signed.signature), jane)
  await ledger.owner.all`update operator set role = 'approver'`
  await t.rejects(verifyRequest({ledger, anchors}, signed.request, signed.signature), {code: 'signature-invalid'})
  await ledger.owner
    .all`update secret set sealed = (select sealed from secret where name <> 'x' limit 1), name = 'anchor/operator/joe@cmc.test'`
  await addOperator(ledger, {...jane, email: 'joe@cmc.test', publicKey: newSshKey('joe').publicKey}).catch(() => {})
  await t.rejects(
    anchors.holds('operator', 'joe@cmc.test', jane),
    {code: 'secret-unreadable'},
    'an anchor moves to nobody else',
  )
})

t.test('the flag goes before the variable, the variable before the home', async t => {
  const {ledger, home, signing} = await withJane(t)
  for (const name of ['flag', 'variable']) {
    const {privateKey, publicKey} = newSshKey(name)
    writeFileSync(join(home, name), privateKey.expose(), {mode: 0o600})
    await addOperator(ledger, {email: `${name}@cmc.test`, role: 'cmc', publicKey})
  }
  const variable = {...signing, env: {...env, SELFHELP_OPERATOR_KEY: join(home, 'variable')}}
  t.equal((await signRequest(asked, variable)).operator, 'variable@cmc.test')
  t.equal((await signRequest(asked, {...variable, keyFile: join(home, 'flag')})).operator, 'flag@cmc.test')
})

t.test('without a valid key nothing is signed', async t => {
  const {ledger, home, signing} = await withJane(t)
  const stranger = join(home, 'stranger')
  writeFileSync(stranger, newSshKey('x').privateKey.expose(), {mode: 0o600})
  await t.rejects(signRequest(asked, {...signing, keyFile: stranger}), {code: 'operator-unknown', exit: 3})
  await t.rejects(signRequest(asked, {...signing, home: join(home, 'elsewhere')}), {
    code: 'operator-key-missing',
    exit: 3,
  })
  chmodSync(stranger, 0o640)
  await t.rejects(signRequest(asked, {...signing, keyFile: stranger}), {code: 'file-exposed', exit: 3})
  await retireOperator(ledger, 'jane@cmc.test', Temporal.Now.instant())
  await t.rejects(signRequest(asked, signing), {code: 'operator-unknown', message: /no operator any more/})
})

t.test(
  'what an operator asked before retiring stays good; later it is refused, whatever its own time says',
  async t => {
    const {ledger, signing} = await withJane(t)
    const about = {operator: 'jane@cmc.test', account: 'root', machine: 'cmc', at: Temporal.Now.instant()}
    const askedFor = async (id: string, clock = systemClock) => {
      const signed = await signRequest({...asked, run: {id, runbook: 'b', inputHash: 'h'}}, {...signing, clock})
      const noted = () =>
        append(ledger, {...about, kind: 'run', subject: 'acme', run: id, result: 'queued', signature: signed.signature})
      return {noted, verified: () => verifyRequest({ledger, anchors}, signed.request, signed.signature)}
    }
    const [early, unnoted, late] = [await askedFor('r1'), await askedFor('r2'), await askedFor('r3')]
    await early.noted()
    const retiring = await append(ledger, {...about, kind: 'command', subject: 'jane@cmc.test', result: 'asked'})
    await retireOperator(ledger, 'jane@cmc.test', Temporal.Now.instant().add({seconds: 1}))
    const body = {asked: retiring.sequence, command: 'operator retire'}
    await append(ledger, {...about, kind: 'command', subject: 'jane@cmc.test', result: 'done', body})
    await late.noted()
    t.ok(await early.verified())
    await t.rejects(
      late.verified(),
      {code: 'signature-invalid'},
      'signed with an earlier time, written down afterwards',
    )
    await t.rejects(unnoted.verified(), {code: 'signature-invalid'}, 'never written down')
    const code = '23001'
    await t.rejects(ledger.all`update operator set retired_at = null`, {code}, 'nobody comes back')
    await t.rejects(ledger.all`update operator set retired_at = now() + interval '1 day'`, {code})
  },
)

t.test('who may sign only people decide; a machine operator does the rest', async t => {
  const {ledger, signing} = await withJane(t)
  const by = async (role: 'cmc' | 'machine', command: string, input = {}) => {
    const signed = {...(await signRequest({command, input}, signing)), role}
    return mutate({ledger, clock: systemClock, signed, subject: 'x', tenant: undefined}, async () => 'done')
  }
  const code = 'operator-not-person'
  await t.rejects(by('machine', 'operator add'), {code, exit: 3})
  await t.rejects(by('machine', 'operator retire'), {code})
  await t.rejects(by('machine', 'release add', {'public-key': 'mine.pem'}), {code})
  t.equal(await by('machine', 'tenant create'), 'done')
  t.equal(await by('cmc', 'operator add'), 'done')
})

t.test('one key has one spelling, so that nobody takes it twice', async t => {
  const {publicKey} = newSshKey('x')
  t.equal(parsePublicKey(`${publicKey.replace(/=+$/, '')}== somebody`), parsePublicKey(publicKey))
  t.equal(parsePublicKey(publicKey.replaceAll('+', '-').replaceAll('/', '_')), publicKey)
})

t.test('a key in the agent signs, of any kind', async t => {
  const ledger = await freshLedger(t)
  const home = t.testdir()
  const socket = join(home, 'a')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], {stdio: ['ignore', 'pipe', 'ignore']})
  t.teardown(() => agent.kill())
  await once(agent.stdout, 'data')
  const file = join(home, 'key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', file])
  const withAgent = {...env, SSH_AUTH_SOCK: socket}
  execFileSync('ssh-add', ['-q', file], {env: withAgent})
  const [publicKey = ''] = /^\S+ \S+/.exec(execFileSync('ssh-keygen', ['-y', '-f', file]).toString()) ?? []
  await addOperator(ledger, {email: 'agent@cmc.test', role: 'approver', publicKey})
  const signed = await signRequest(asked, {ledger, anchors, home, env: withAgent, clock: systemClock})
  t.match(await verifyRequest({ledger, anchors}, signed.request, signed.signature), {email: 'agent@cmc.test'})
})
