import {readFileSync, writeFileSync} from 'node:fs'
import {request} from 'node:https'
import {dirname, join} from 'node:path'
import t from 'tap'
import {makeWorld} from '../../src/cli/make-world.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {buildFarewellExpire} from '../../src/tenant/register.ts'
import {systemStreams} from '../../src/terminal/streams.ts'
import {type Centre, centre} from '../support/centre.ts'
import {scannedAndWeakened} from '../support/edge-scanned.ts'
import {whyNoLab} from '../support/lab.ts'
import {answered, connects, listens, sends} from '../support/socket.ts'
import {acmeFile, contractOf, hostFacts, onHost, readyForTenants} from '../support/tenant-hosts.ts'

t.setTimeout(900_000)
const why = await whyNoLab()

t.test('a tenant from its contract to pages over https, and away again', {skip: why ?? false}, async t => {
  const cmc = await centre(t, '-tenant', [
    {name: 'north', count: 1},
    {name: 'south', count: 1},
  ])
  await readyForTenants(t, cmc)
  const north = (await cmc.host('north-1')).address

  await t.test('a plan says where and why, and changes nothing', async t => {
    const {exit, answer} = await cmc.json('tenant', 'create', 'acme', '--contract', acmeFile, '--plan')
    t.equal(exit, 0)
    t.match(answer.environments, [{name: 'production', placed: [{host: 'north-1', reason: /R020.*R246/}]}, {}])
    t.match(await cmc.json('tenant', 'list'), {exit: 0, answer: {items: []}})
  })

  const made = await cmc.json('tenant', 'create', 'acme', '--contract', acmeFile)
  t.match(made, {exit: 0, answer: {changed: true, environments: [{phase: 'installation'}, {phase: 'installation'}]}})

  await t.test('its names answer over https from everywhere: closed, during the installation', async t => {
    for (const {curl} of made.answer.environments) {
      t.equal(await statusBy(cmc, curl), '503')
      t.equal(await statusBy(cmc, curl, 'outside'), '503')
    }
    const [{curl, caFile}] = made.answer.environments
    t.match(curl, /^curl --cacert \/\S+ --resolve acme\.ezvsaas\.test:443:\S+ https:\/\/acme\.ezvsaas\.test\/$/)
    const wrong = await outside(cmc, curl.replace(caFile, '/etc/ssl/certs/ca-certificates.crt'))
    t.equal(wrong.exit, 60, 'no other authority is behind it')
  })

  await t.test('the same typed again changes nothing, and nothing differs', async t => {
    t.match(await cmc.json('tenant', 'create', 'acme', '--contract', acmeFile), {exit: 0, answer: {changed: false}})
    t.equal((await cmc.type('environment', 'drift')).exit, 0)
    t.equal((await cmc.type('host', 'drift', '--all')).exit, 0)
    t.match(await cmc.json('tenant', 'create', 'other', '--contract', acmeFile), {
      exit: 3,
      answer: {error: {code: 'tenant-differs'}},
    })
  })

  await t.test('its services may do little, its database listens to its own machine only', async t => {
    const [{id}] = made.answer.environments
    for (const face of ['presentation', 'edition']) {
      const unit = `${id}-${face}.service`
      const analysed = await onHost(cmc, 'north-1', 'systemd-analyze', 'security', '--threshold=20', '--no-pager', unit)
      t.equal(analysed.exit, 0, analysed.out.split('\n').at(-2) ?? unit)
    }
    const listening = (await onHost(cmc, 'north-1', 'ss', '-Hltn')).out
      .split('\n')
      .map(line => line.split(/\s+/)[3] ?? '')
    const strange = listening.filter(at => !/^(127\.0\.0\.1|\[::1\]):\d+$|:(22|80|443)$/.test(at) && at !== '')
    t.same(strange, [])
  })

  await t.test('no neighbour takes its port while it restarts, and none of its programs asks the web', async t => {
    const [{id}, {id: neighbour}] = made.answer.environments
    const config = JSON.parse((await onHost(cmc, 'north-1', 'cat', `/etc/selfhelp/${id}/presentation.json`)).out)
    const {port} = config.listen
    const as = (user: string, script: string) =>
      onHost(cmc, 'north-1', 'sh', '-c', `runuser -u ${user} -- /usr/bin/perl -e '${script}'`)
    await onHost(cmc, 'north-1', 'systemctl', 'kill', '--signal=STOP', `${id}-presentation.service`)
    t.equal((await as(neighbour, listens(port))).exit, 7, 'while it hangs')
    await onHost(cmc, 'north-1', 'systemctl', 'kill', '--signal=KILL', `${id}-presentation.service`)
    t.equal((await as(neighbour, listens(port))).exit, 7, 'while it is gone')
    t.equal(await statusBy(cmc, made.answer.environments[0].curl), '503', 'and it is there again')
    for (const free of [31_998, 23_998]) {
      t.equal((await as(neighbour, answered(free))).exit, 7, `who takes ${free}, which is nobody's, is not heard`)
      t.equal((await as(free > 24_000 ? 'root' : 'postgres', answered(free))).exit, 0, 'its holder is')
    }
    const control = north.replace(/\.\d+$/, '.1')
    t.equal((await as(id, connects(control, 80))).exit, 7)
    for (const at of [53, 123]) t.equal((await as(id, sends(control, at))).exit, 7, `nor a server on port ${at}`)
    t.equal((await as('root', sends(control, 53))).exit, 0, 'as the system may')
    const dropped = `nft list chain inet selfhelp output | grep 'nothing else'`
    const counted = await onHost(cmc, 'north-1', 'sh', '-c', dropped)
    t.match(counted.out, /packets [1-9]/, 'the firewall dropped it')
  })

  await t.test('a gap in its study keeps it closed until its contract is updated', async t => {
    const file = join(dirname(cmc.home), 'acme.yaml')
    const text = readFileSync(acmeFile, 'utf8')
    writeFileSync(file, text.replace(/^ {2}mail:.*\n/m, ''))
    const why = ['--reason', 'to see it refused']
    t.equal((await cmc.type('contract', 'update', 'acme', '--contract', file, ...why)).exit, 0)
    const refused = await cmc.json('tenant', 'hand-over', 'acme', '--by', 'jdoe')
    t.match(refused, {exit: 3, answer: {error: {code: 'study-incomplete'}}})
    t.match(refused.answer.error.remedies.at(-1), /^selfhelp contract update acme/)
    writeFileSync(file, text.replace('ACME SA', 'ACME Holding SA').replace('Europe/Paris', 'Indian/Reunion'))
    t.match(await cmc.json('contract', 'update', 'acme', '--contract', file), {exit: 2})
    const plan = await cmc.json('contract', 'update', 'acme', '--contract', file, '--plan')
    t.match(plan.answer, {
      changed: false,
      differences: [{field: 'legalName'}, {field: 'timeZone'}, {field: 'study.mail'}],
    })
    t.match(await cmc.json('contract', 'update', 'acme', '--contract', file, ...why), {
      exit: 0,
      answer: {changed: true},
    })
    t.match(await cmc.json('contract', 'update', 'acme', '--contract', file, ...why), {answer: {changed: false}})
    t.equal((await cmc.type('environment', 'drift')).exit, 0, 'the services say the new name')
    const [{id}] = made.answer.environments
    t.match((await onHost(cmc, 'north-1', 'cat', `/etc/selfhelp/${id}/edition.json`)).out, /ACME Holding SA.*Indian/s)
    const entries: {kind: string; body?: {runbook?: string}}[] = (
      await cmc.json('journal', 'list', '--tenant', 'acme', '--limit', '200')
    ).answer.items
    const asked = entries.find(({kind, body}) => kind === 'run' && body?.runbook === 'contract-update')
    t.match(asked?.body, {input: {before: {legalName: 'ACME SA'}, after: {legalName: 'ACME Holding SA'}}})
  })

  await t.test('one who may decide hands it over, and the pages open', async t => {
    t.match(await cmc.json('tenant', 'hand-over', 'acme', '--by', 'secu'), {
      exit: 3,
      answer: {error: {code: 'contact-unfit'}},
    })
    t.match(await cmc.json('tenant', 'hand-over', 'acme', '--by', 'jdoe'), {exit: 0, answer: {changed: true}})
    for (const {curl} of made.answer.environments) t.equal(await statusBy(cmc, curl, 'outside'), '200')
    t.match(await cmc.json('tenant', 'hand-over', 'acme', '--by', 'jdoe'), {exit: 0, answer: {changed: false}})
    const document = (await cmc.type('tenant', 'document', 'acme')).out
    t.match(document, /informations de connexion/)
    const link = /https:\/\/acme-edition\S+welcome\S+/.exec(document)?.[0] ?? ''
    t.equal(
      await status({
        address: north,
        hostname: 'acme-edition.ezvsaas.test',
        ca: caOf(cmc),
        path: new URL(link).pathname,
      }),
      200,
    )
  })
  await t.test('its edge is scanned from outside, weakened, found out and mended', t => scannedAndWeakened(t, cmc))

  await t.test('a second tenant comes and goes without the first noticing, and leaves nothing', async t => {
    const before = await hostFacts(cmc, 'north-1')
    const loop = loopOn(north, 'acme.ezvsaas.test', caOf(cmc))
    t.equal((await cmc.type('tenant', 'create', 'zenith', '--contract', contractOf(cmc, 'zenith'))).exit, 0)
    t.match(await cmc.json('tenant', 'remove', 'zenith'), {exit: 3, answer: {error: {code: 'confirmation-missing'}}})
    const removed = await cmc.json('tenant', 'remove', 'zenith', '--confirm', 'zenith')
    t.match(removed, {exit: 0, answer: {kept: {host: 'south-1', for: 'P30D'}}})
    const {asked, errors} = await loop.end()
    t.same(errors, [], `${asked} requests, all answered`)
    t.same(await hostFacts(cmc, 'north-1'), before)
    t.match(await cmc.json('tenant', 'show', 'zenith'), {exit: 3})
    const {items} = (await cmc.json('schedule', 'list')).answer
    t.ok(items.some(({name}: {name: string}) => name === 'farewell-expiry'))
  })

  await t.test('its last dump can be opened until its days are over, then it is gone from the repository', async t => {
    const kept = await cmc.json('tenant', 'farewell', 'zenith')
    const [{host, path}] = kept.answer.items
    const output = join(dirname(cmc.home), 'zenith.dump')
    t.equal((await cmc.type('tenant', 'farewell', 'zenith', '--output', output)).exit, 0)
    t.equal(readFileSync(output).subarray(0, 5).toString(), 'PGDMP', 'what pg_restore reads')
    t.match((await cmc.type('tenant', 'farewell', 'zenith', '--output', output, '--json')).out, /in-the-way/)
    t.equal((await cmc.type('schedule', 'run', 'farewell-expiry')).exit, 0)
    t.equal((await onHost(cmc, host, 'test', '-f', path)).exit, 0, 'nothing is due yet')
    await expireAt(cmc, {hours: 31 * 24})
    t.equal((await onHost(cmc, host, 'test', '-e', path)).exit, 1, 'gone')
    t.match(await cmc.json('tenant', 'farewell', 'zenith'), {exit: 3, answer: {error: {code: 'not-found'}}})
    t.equal((await cmc.type('journal', 'verify')).exit, 0)
  })
})

/** What the scheduler would do on a later day: the same run, its clock moved. */
async function expireAt(cmc: Centre, later: {hours: number}): Promise<void> {
  const never = {soon: new AbortController().signal, now: new AbortController().signal}
  const env = {PATH: process.env.PATH, SELFHELP_HOME: cmc.home, SELFHELP_OPERATOR_KEY: join(cmc.home, 'machine-key')}
  const world = makeWorld({env, streams: systemStreams(), interruption: never, quiet: true})
  const clock = {...world.clock, now: () => world.clock.now().add(later)}
  try {
    const runbook = await buildFarewellExpire({...world, clock})
    await executeRun(world, {runbook, input: {}, request: {command: 'schedule run', input: {name: 'farewell-expiry'}}})
  } finally {
    await world.close()
  }
}

const caOf = (cmc: Centre) => readFileSync(join(cmc.home, 'ca.pem'), 'utf8')

function outside(cmc: Centre, curl: string, ...more: readonly string[]) {
  return cmc.type('lab', 'outside', '--lab', cmc.lab, '--', ...curl.split(' '), '-sS', ...more)
}

/** The status that the curl line gets, from here or from outside. */
async function statusBy(cmc: Centre, curl: string, where?: 'outside'): Promise<string> {
  const only = ['-o', '/dev/null', '-w', '%{http_code}']
  if (where) return (await outside(cmc, curl, ...only)).out
  const [, , file = '', , resolve = '', url = ''] = curl.split(' ')
  const [hostname = '', , address = ''] = resolve.split(':')
  return String(await status({address, hostname, ca: readFileSync(file, 'utf8'), path: new URL(url).pathname}))
}

interface Asked {
  readonly address: string
  readonly hostname: string
  readonly ca: string
  readonly path?: string
}

function status({address, hostname, ca, path = '/'}: Asked): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {host: address, servername: hostname, ca, headers: {host: hostname}, agent: false, path} as const
    const asked = request({...options, timeout: 30_000}, answer => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    asked.on('timeout', () => asked.destroy(new Error('timeout')))
    asked.on('error', reject)
    asked.end()
  })
}

/** Asks again and again on new connections, until told to end. */
function loopOn(address: string, hostname: string, ca: string) {
  const errors: string[] = []
  let asked = 0
  let going = true
  const done = (async () => {
    while (going) {
      asked += 1
      const found = await status({address, hostname, ca}).catch(error => String(error))
      if (found !== 200) errors.push(String(found))
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  })()
  return {
    end: async () => {
      going = false
      await done
      return {asked, errors}
    },
  }
}
