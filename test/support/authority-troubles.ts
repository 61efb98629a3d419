import {writeFileSync} from 'node:fs'
import type {Test} from 'tap'
import {type Between, between} from './acme-between.ts'
import type {AcmeHost} from './acme-host.ts'
import type {Centre} from './centre.ts'
import {leafAt} from './certificate-lab.ts'
import {must} from './prepared.ts'

const name = 'acme.ezvsaas.test'
const issue = ['certificate', 'issue', 'acme', '--host', name]

/** The real pebble is asked to be difficult, and what stands between makes the moments certain. */
export async function troubles(
  t: Test,
  cmc: Centre,
  {authority, edges}: {authority: AcmeHost; edges: readonly string[]},
): Promise<void> {
  const door = await between(t, authority)
  const served = async () => (await cmc.json('certificate', 'show', name)).answer.fingerprint
  const before = await served()
  await behind(cmc, authority, door)

  await t.test('one that cannot find the name gives nothing, in its own words', async t => {
    await authority.run('systemctl', 'stop', 'knot')
    const refused = {code: 'run-undone', facts: {cause: 'authority-refused'}}
    t.match(await cmc.json(...issue), {exit: 3, answer: {error: refused}})
    await authority.run('systemctl', 'start', 'knot')
    t.equal(await served(), before, 'what was served is served')
  })

  await t.test('one that is busy says until when, and is not asked before', async t => {
    door.meddle = async (path, answer) => {
      if (!path.startsWith('/order-plz')) return false
      answer.writeHead(429, {'retry-after': '3600'}).end()
      return true
    }
    const limited = await cmc.json(...issue)
    t.match(limited, {exit: 4})
    t.match(JSON.stringify(limited.answer), /authority-busy/)
    await must(cmc, 'run', 'abandon', runOf(limited.answer))
    t.equal(await served(), before)
  })

  await t.test('one that dies between order and certificate is asked anew when the run is resumed', async t => {
    door.meddle = async (path, answer) => {
      if (!path.startsWith('/certZ/')) return false
      await authority.run('systemctl', 'kill', '--signal', 'KILL', 'pebble')
      answer.destroy()
      return true
    }
    const from = door.seen.length
    // A nonce that pebble rejects has a request made again: orders are told apart by what finishes them.
    const asked = (path: string) => new Set(door.seen.slice(from).filter(each => each.startsWith(path))).size
    const dead = await cmc.json(...issue)
    t.match(dead, {exit: 4}, JSON.stringify(dead.answer))
    t.same([asked('/finalize-order'), asked('/certZ')], [1, 1], 'it died in between')
    t.equal(await served(), before)
    await alive(authority)
    door.meddle = async () => false
    await behind(cmc, authority, door)
    t.match(await cmc.json('run', 'resume', runOf(dead.answer)), {exit: 0, answer: {state: 'done'}})
    t.same([asked('/finalize-order'), asked('/certZ')], [2, 2], 'one order more')
    const now = await served()
    t.not(now, before)
    for (const edge of edges) t.equal(await leafAt(edge, name), now)
    t.match(await cmc.type('environment', 'drift'), {exit: 0})
  })
}

function runOf({error}: {error: {runId?: string; facts: {run?: string}}}): string {
  return error.runId ?? error.facts.run ?? ''
}

/** A pebble that was started anew has another root. */
async function alive(authority: AcmeHost): Promise<void> {
  await authority.run('systemctl', 'start', 'pebble')
  const patiently = ['curl', '-sSk', '--retry', '60', '--retry-connrefused', '--retry-delay', '1']
  writeFileSync(authority.issues, await authority.run(...patiently, 'https://127.0.0.1:15000/roots/0'))
}

async function behind(cmc: Centre, {issues, kid}: AcmeHost, {directory, root}: Between): Promise<void> {
  const there = ['--directory', directory, '--root', root, '--issues', issues, '--eab-kid', kid]
  await must(cmc, 'certificate', 'authority', 'set', ...there)
}
