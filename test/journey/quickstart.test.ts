// The newcomer's first minutes: one command, a page over https; typed again nothing changes; taken away nothing stays.
import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {packageRoot} from '../../src/root.ts'
import {testLab, whyNoLab} from '../support/lab.ts'
import {type Ended, run} from '../support/process.ts'

const why = await whyNoLab()
const root = packageRoot()
const lab = testLab('-quick')
t.setTimeout(1_200_000)

t.test('npm run quickstart', {skip: why ?? false, timeout: 1_200_000}, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-quickstart-'))
  chmodSync(folder, 0o711)
  const home = join(folder, 'home')
  const env = {...process.env, SELFHELP_HOME: home}
  const quickstart = (...words: string[]) =>
    run(['npm', 'run', '-s', 'quickstart', '--', '--lab', lab, ...words], {cwd: root, env})
  const selfhelp = async (...words: string[]) => run([join(root, 'bin/selfhelp'), ...words], {cwd: '/', env})
  const state = async () => ({
    checkout: (await run(['git', 'status', '--porcelain'], {cwd: root})).out,
    runs: (await selfhelp('run', 'list', '--json')).out,
    hosts: (await selfhelp('host', 'list', '--json')).out,
    tenant: (await selfhelp('tenant', 'show', 'acme', '--json')).out,
  })
  t.teardown(async () => {
    await quickstart('--down')
    rmSync(folder, {recursive: true, force: true})
  })
  const before = (await run(['git', 'status', '--porcelain'], {cwd: root})).out
  const hosts = readFileSync('/etc/hosts', 'utf8')

  const first = await quickstart()
  t.equal(first.exit, 0, first.err)
  const [, said = '', curl = ''] = first.out.split('\n')
  t.match(said, 'https://acme.ezvsaas.test/')
  t.match(first.err, /\d s {2}proof over https/, 'the time of each part is printed')

  await t.test('the line it prints works from any directory, and inside lab outside', async t => {
    const fetched: Ended[] = [
      await run(['sh', '-c', `${curl} -sSf`], {cwd: '/'}),
      await selfhelp('lab', 'outside', '--lab', lab, '--', 'sh', '-c', `${curl} -sSf`),
    ]
    for (const {exit, out} of fetched) {
      t.equal(exit, 0)
      t.match(out, /<html lang="fr">/)
    }
    const unknownCa = await run(['sh', '-c', curl.replace(/--cacert \S+/, '-sS')], {cwd: '/'})
    t.not(unknownCa.exit, 0, 'with another CA the page is not believed')
  })

  await t.test('no host has drifted', async t => {
    const {exit, out} = await selfhelp('host', 'drift', '--all')
    t.equal(exit, 0, out)
  })

  await t.test('typed again it changes nothing and leaves the checkout clean', async t => {
    const was = await state()
    const again = await quickstart()
    t.equal(again.exit, 0, again.err)
    t.equal(again.out, first.out)
    t.same(await state(), was)
    t.equal(was.checkout, before)
    t.equal(readFileSync('/etc/hosts', 'utf8'), hosts)
  })

  await t.test('--down takes lab, ledger and home away, without asking', async t => {
    const {exit, err} = await quickstart('--down')
    t.equal(exit, 0, err)
    t.notOk(existsSync(home))
    t.notMatch((await run(['nft', 'list', 'tables'])).out, lab.replaceAll('-', '_'))
    t.notMatch((await run(['sh', '-c', 'ps -eo args | grep -v grep'])).out, folder, 'no process is left')
    t.equal((await quickstart('--down')).exit, 0, 'also when there is nothing')
  })
})
