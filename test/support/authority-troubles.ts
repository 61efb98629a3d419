import type {Test} from 'tap'
import {type Between, between} from './acme-between.ts'
import type {AcmeHost} from './acme-host.ts'
import type {Centre} from './centre.ts'
import {must} from './prepared.ts'

const name = 'acme.ezvsaas.test'
const issue = ['certificate', 'issue', 'acme', '--host', name]

/** The real pebble is asked to be difficult, and what stands between makes the moments certain. */
export async function troubles(t: Test, cmc: Centre, authority: AcmeHost): Promise<void> {
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
}

function runOf({error}: {error: {runId?: string; facts: {run?: string}}}): string {
  return error.runId ?? error.facts.run ?? ''
}

async function behind(cmc: Centre, {issues, kid}: AcmeHost, {directory, root}: Between): Promise<void> {
  const there = ['--directory', directory, '--root', root, '--issues', issues, '--eab-kid', kid]
  await must(cmc, 'certificate', 'authority', 'set', ...there)
}
