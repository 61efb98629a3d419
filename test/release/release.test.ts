import {execFile} from 'node:child_process'
import {generateKeyPairSync} from 'node:crypto'
import {chmod, cp, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {basename, dirname, join} from 'node:path'
import {promisify} from 'node:util'
import t, {type Test} from 'tap'
import {type Build, buildRelease} from '../../src/release/build.ts'
import {pemOf} from '../../src/release/key.ts'
import {checkVersion, compareVersions, type Release} from '../../src/release/model.ts'
import {verifyRelease} from '../../src/release/verify.ts'

const run = promisify(execFile)
const source = join(import.meta.dirname, '../../runtime')
const key = generateKeyPairSync('ed25519')

t.test('equal input gives equal bytes, in another folder and without the cache too', async t => {
  const first = await built(t, {cache: await folderOf(t)})
  const second = await built(t, {out: join(await folderOf(t), 'elsewhere')})
  t.equal(first.archive.sha256, second.archive.sha256)
  t.same(first.manifest, second.manifest)
  t.equal(first.signature, second.signature)
})

t.test('a release says what it holds, and what it holds is that', async t => {
  const release = await built(t)
  t.equal(release.manifest.version, '0.1.0')
  t.ok(release.manifest.schema.to >= 1)
  const folder = await folderOf(t)
  await run('tar', ['--extract', '--gzip', '--file', release.archive.file, '--directory', folder])
  const sums = release.manifest.files.map(file => `${file.sha256}  ${file.path}\n`).join('')
  await writeFile(join(folder, 'sums'), sums)
  await run('sha256sum', ['--check', '--strict', '--quiet', 'sums'], {cwd: folder})
  const listed = await run('find', ['.', '-type', 'f', '-printf', '%P\n'], {cwd: folder})
  const named = [...release.manifest.files.map(file => file.path), 'manifest.json', 'sums']
  t.same(listed.stdout.trim().split('\n').sort(), named.sort())
  t.match(await run('tar', ['--list', '--verbose', '--file', release.archive.file]), {stdout: /^drwxr-xr-x root\/root/})
})

t.test('what is unpacked runs, without writing code into memory', async t => {
  const release = await built(t)
  const folder = await folderOf(t)
  await run('tar', ['--extract', '--gzip', '--file', release.archive.file, '--directory', folder])
  await rm(join(folder, 'bin/node'))
  await symlink(process.execPath, join(folder, 'bin/node'))
  const {stdout} = await run(join(folder, 'bin/selfhelp-runtime'), ['version'])
  t.same(JSON.parse(stdout), {version: '0.1.0', schemaLevel: release.manifest.schema.to})
  t.match(await readFile(join(folder, 'bin/selfhelp-runtime'), 'utf8'), '--jitless')
  await t.rejects(run(join(folder, 'bin/selfhelp-runtime'), ['serve', '--config', join(folder, 'none')]), {code: 2})
})

t.test('what was signed is accepted, with the same words that built it', async t => {
  const release = await built(t)
  t.same(await verifyRelease(release.archive.file, key.publicKey), release)
})

t.test('one changed byte anywhere is refused', async t => {
  const release = await built(t)
  const folder = dirname(release.archive.file)
  const base = basename(release.archive.file, '.tar.gz')
  for (const ending of ['.tar.gz', '.manifest.json', '.sums', '.sig']) {
    const tampered = join(await folderOf(t), ending)
    await cp(folder, tampered, {recursive: true})
    await flip(join(tampered, base + ending))
    await t.rejects(verifyRelease(join(tampered, `${base}.tar.gz`), key.publicKey), {code: 'release-invalid'}, ending)
  }
})

t.test('a release of another key, of another name, or without its companions is refused', async t => {
  const release = await built(t)
  const folder = dirname(release.archive.file)
  await t.rejects(verifyRelease(release.archive.file, generateKeyPairSync('ed25519').publicKey), {
    code: 'release-invalid',
  })
  const renamed = join(folder, 'selfhelp-runtime-0.2.0-x64.tar.gz')
  await cp(release.archive.file, renamed)
  await t.rejects(verifyRelease(renamed, key.publicKey), {code: 'input-invalid'})
  for (const ending of ['manifest.json', 'sums', 'sig']) {
    await cp(join(folder, `selfhelp-runtime-0.1.0-x64.${ending}`), join(folder, `selfhelp-runtime-0.2.0-x64.${ending}`))
  }
  await t.rejects(verifyRelease(renamed, key.publicKey), {code: 'release-invalid'}, 'an old release under a new name')
  await t.rejects(verifyRelease(join(folder, 'x.zip'), key.publicKey), {code: 'input-invalid'})
  for (const version of ['0.1.0-rc1', '$(id)', '..'])
    await t.rejects(verifyRelease(join(folder, `selfhelp-runtime-${version}-x64.tar.gz`), key.publicKey), {
      message: /not a version/,
    })
})

t.test('a host proves the release with openssl and sha256sum, on the lines that were signed', async t => {
  const release = await built(t)
  const folder = dirname(release.archive.file)
  const base = basename(release.archive.file, '.tar.gz')
  await writeFile(join(folder, 'key.pem'), pemOf(key.publicKey))
  const signed = () =>
    run(
      'openssl',
      ['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pem', '-rawin', '-in', `${base}.sums`, '-sigfile', `${base}.sig`],
      {cwd: folder},
    )
  const whole = () => run('sha256sum', ['--check', '--strict', '--quiet', `${base}.sums`], {cwd: folder})
  await signed()
  await whole()
  await flip(join(folder, `${base}.tar.gz`))
  await t.rejects(whole(), 'one byte of the archive')
  await flip(join(folder, `${base}.sums`))
  await t.rejects(signed(), 'one byte of the sums')
})

t.test('a version is three numbers, ordered as numbers', async t => {
  for (const bad of ['1', '1.2', 'v1.2.3', '1.2.3-rc1', '01.2.3', '1.2.3/..', '../1.2.3', '1.2.3\n', '']) {
    t.throws(() => checkVersion(bad), {code: 'input-invalid'}, JSON.stringify(bad))
  }
  t.same(['0.10.0', '0.9.1', '1.0.0', '0.9.0'].sort(compareVersions), ['0.9.0', '0.9.1', '0.10.0', '1.0.0'])
})

async function built(t: Test, change: Partial<Build> = {}): Promise<Release> {
  const folder = await folderOf(t)
  const binary = join(folder, 'node')
  await writeFile(binary, '#!/bin/sh\necho not really node\n'.repeat(1000))
  await chmod(binary, 0o755)
  return await buildRelease({
    source,
    version: '0.1.0',
    schemaFrom: 0,
    node: {binary, version: '24.0.0', architecture: 'x64'},
    signingKey: key.privateKey,
    out: join(folder, 'out'),
    ...change,
  })
}

async function flip(file: string): Promise<void> {
  const bytes = await readFile(file)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  await writeFile(file, bytes)
}

async function folderOf(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'selfhelp-release-'))
  t.teardown(() => rm(folder, {recursive: true}))
  return folder
}
