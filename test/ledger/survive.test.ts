import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import t, {type Test} from 'tap'
import {createLedger} from '../../src/ledger/create.ts'
import {openLedger} from '../../src/ledger/open.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {postmasterOf, stopPrivate} from '../../src/ledger/private.ts'
import {packageRoot} from '../../src/root.ts'

t.setTimeout(180_000)

const env = {XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR}

function newHome(t: Test) {
  const home = mkdtempSync(join(tmpdir(), 'selfhelp-survive-'))
  t.teardown(async () => {
    await stopPrivate(placeOf(home, env))
    rmSync(home, {recursive: true})
  })
  return home
}

/** A process group of its own that makes a ledger, says so, and waits. */
function maker(home: string): ChildProcess {
  const program = `
    const {createLedger} = await import(${JSON.stringify(`${packageRoot()}/src/ledger/create.ts`)})
    await createLedger({home: ${JSON.stringify(home)}, env: process.env})
    console.log('made')
    setInterval(() => {}, 1000)`
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

t.test("the ledger's PostgreSQL lives on when the whole group that started it is killed", async t => {
  const home = newHome(t)
  const child = maker(home)
  if (child.stdout) await once(child.stdout, 'data')
  const server = postmasterOf(placeOf(home, env))
  process.kill(-(child.pid ?? 0), 'SIGKILL')
  await once(child, 'exit')
  t.ok(server)
  t.equal(postmasterOf(placeOf(home, env)), server)
  const [session] = readFileSync(`/proc/${server}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(3)
  t.equal(Number(session), server, 'a session of its own')
  const ledger = await openLedger({home, env})
  t.match(await ledger.one`select 1 as one`, {one: 1})
  await ledger.close()
})

t.test('an init killed at any moment is ended by the next', async t => {
  for (const after of [200, 700, 1500]) {
    const home = newHome(t)
    const child = maker(home)
    await sleep(after)
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await once(child, 'exit')
    const ledger = await createLedger({home, env})
    t.match(await ledger.one`select count(*) as n from journal`, {n: 0}, `killed after ${after} ms`)
    await ledger.close()
  }
})

t.test('ten seconds without a server are an outside failure, and then it goes on', async t => {
  const home = newHome(t)
  const ledger = await createLedger({home, env})
  const server = postmasterOf(placeOf(home, env)) ?? 0
  const sleeping = ledger.one`select pg_sleep(600)`.catch(error => error)
  const begun = () => ledger.one`
    select from pg_stat_activity where query like 'select pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`
  while ((await begun()) === undefined) await sleep(20)
  process.kill(server, 'SIGKILL')
  const row = await sleeping
  t.match(row, {code: 'ledger-unreachable', exit: 4})
  t.match(await ledger.one`select 1 as one`, {one: 1}, 'the next statement starts it again')
  await ledger.close()
})
