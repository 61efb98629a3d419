import {execFileSync} from 'node:child_process'
import {createHash, generateKeyPairSync, sign} from 'node:crypto'
import {chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {localConnection} from '../../src/machine/local.ts'
import type {Action} from '../../src/machine/model.ts'

const root = mkdtempSync(join(tmpdir(), 'selfhelp-reader-'))
t.teardown(() => rmSync(root, {recursive: true}))
const connection = localConnection('here', {root, deadline: 30_000})
const fence = {lock: 'host:here', run: 'r1', epoch: 5}
const at = (name: string) => join(root, name)
let ids = 0
const id = () => `exchange-${++ids}`

t.test('until a file has its own mode nobody else may open it', async t => {
  mkdirSync(at('parts'))
  writeFileSync(at('parts/one'), 'x', {mode: 0o644})
  const frames: Action[] = [
    // A mode that only adds shows what was there before.
    {act: 'put', args: [at('secret'), 'root', 'root', 'u+x'], input: 'a key'},
    {act: 'assemble', args: [at('put-together'), 'root', 'root', 'u+x', at('parts')]},
    {act: 'run', args: ['touch', at('plain')]},
  ]
  await connection.exchange({id: id(), fence, frames})
  const mode = (name: string) => (statSync(at(name)).mode & 0o7777).toString(8)
  t.strictSame(['secret', 'put-together', 'plain'].map(mode), ['700', '700', '644'])
})

t.test('a release is unpacked only under the version that was signed, and brings no rights of its own', async t => {
  const folder = at('made')
  mkdirSync(folder)
  writeFileSync(join(folder, 'tool'), '')
  chmodSync(join(folder, 'tool'), 0o4755)
  const archive = execFileSync('tar', ['-cz', '-C', folder, 'tool'])
  const {privateKey, publicKey} = generateKeyPairSync('ed25519')
  const sum = createHash('sha256').update(archive).digest('hex')
  const signed = `${sum}  selfhelp-runtime-0.1.0-x64.tar.gz\n`
  const signature = sign(null, Buffer.from(signed), privateKey).toString('base64')
  const key = publicKey.export({type: 'spki', format: 'pem'}) as string
  const as = async (version: string) => {
    const release: Action = {act: 'release', args: [version, sum, signed, signature, key], input: archive}
    return (await connection.exchange({id: id(), fence, frames: [release]}))[0]?.exit
  }
  t.equal(await as('0.2.0'), 65)
  t.notOk(existsSync(at('opt/selfhelp/releases/0.2.0')))
  t.equal(await as('0.1.0'), 0)
  t.equal(statSync(at('opt/selfhelp/releases/0.1.0/tool')).mode & 0o7777, 0o755)
})
