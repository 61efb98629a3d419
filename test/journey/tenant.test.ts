import {readFileSync, writeFileSync} from 'node:fs'
import {request} from 'node:https'
import {dirname, join} from 'node:path'
import t, {type Test} from 'tap'
import {packageRoot} from '../../src/root.ts'
import {type Centre, centre} from '../support/centre.ts'
import {whyNoLab} from '../support/lab.ts'

t.setTimeout(900_000)
const why = await whyNoLab()
const every = ['edge', 'presentation', 'edition', 'database']
const acme = join(packageRoot(), 'examples/acme.yaml')

t.test('a tenant from its contract to pages over https, and away again', {skip: why ?? false}, async t => {
  const cmc = await centre(t, '-tenant', [
    {name: 'north', count: 1},
    {name: 'south', count: 1},
  ])
  await prepared(t, cmc)
  const north = (await cmc.host('north-1')).address

  await t.test('a plan says where and why, and changes nothing', async t => {
    const {exit, answer} = await cmc.json('tenant', 'create', 'acme', '--contract', acme, '--plan')
    t.equal(exit, 0)
    t.match(answer.environments, [{name: 'production', placed: [{host: 'north-1', reason: /R020.*R246/}]}, {}])
    t.match(await cmc.json('tenant', 'list'), {exit: 0, answer: {items: []}})
  })

  const made = await cmc.json('tenant', 'create', 'acme', '--contract', acme)
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
    t.match(await cmc.json('tenant', 'create', 'acme', '--contract', acme), {exit: 0, answer: {changed: false}})
    t.equal((await cmc.type('environment', 'drift')).exit, 0)
    t.equal((await cmc.type('host', 'drift', '--all')).exit, 0)
    t.match(await cmc.json('tenant', 'create', 'other', '--contract', acme), {
      exit: 3,
      answer: {error: {code: 'tenant-differs'}},
    })
  })

  await t.test('its services may do little, its database listens to its own machine only', async t => {
    const [{id}] = made.answer.environments
    for (const face of ['presentation', 'edition']) {
      const unit = `${id}-${face}.service`
      const analysed = await on(cmc, 'systemd-analyze', 'security', '--threshold=20', '--no-pager', unit)
      t.equal(analysed.exit, 0, analysed.out.split('\n').at(-2) ?? unit)
    }
    const listening = (await on(cmc, 'ss', '-Hltn')).out.split('\n').map(line => line.split(/\s+/)[3] ?? '')
    const strange = listening.filter(at => !/^(127\.0\.0\.1|\[::1\]):\d+$|:(22|80|443)$/.test(at) && at !== '')
    t.same(strange, [])
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

  await t.test('a second tenant comes and goes without the first noticing, and leaves nothing', async t => {
    const before = await facts(cmc)
    const loop = loopOn(north, 'acme.ezvsaas.test', caOf(cmc))
    const contract = join(dirname(cmc.home), 'zenith.yaml')
    writeFileSync(
      contract,
      readFileSync(acme, 'utf8')
        .replace('tenant: acme', 'tenant: zenith')
        .replace(/^ +qualification.*\n/m, ''),
    )
    t.equal((await cmc.type('tenant', 'create', 'zenith', '--contract', contract)).exit, 0)
    t.match(await cmc.json('tenant', 'remove', 'zenith'), {exit: 3, answer: {error: {code: 'confirmation-missing'}}})
    const removed = await cmc.json('tenant', 'remove', 'zenith', '--confirm', 'zenith')
    t.match(removed, {exit: 0, answer: {kept: {host: 'south-1', for: 'P30D'}}})
    const {asked, errors} = await loop.end()
    t.same(errors, [], `${asked} requests, all answered`)
    t.same(await facts(cmc), before)
    t.match(await cmc.json('tenant', 'show', 'zenith'), {exit: 3})
    t.match((await cmc.json('schedule', 'list')).answer.items, [{name: 'farewell-expiry'}])
  })
})

async function prepared(t: Test, cmc: Centre): Promise<void> {
  const dates = ['--iso27001', '2099-06-30', '--soc2', '2099-03-31']
  t.equal((await cmc.type('init', '--operator', 'jane.doe@cmc.test')).exit, 0)
  for (const [site, name, ...roles] of [
    ['north', 'north-1', ...every],
    ['south', 'south-1', 'repository'],
  ] as const) {
    await cmc.type('site', 'add', site, '--country', 'FR', '--tier', '3+', ...dates)
    const {hostKey} = await cmc.host(name)
    const added = await cmc.type('host', 'add', name, ...(await cmc.adopting(name, ...roles)), '--host-key', hostKey)
    t.equal(added.exit, 0, added.err)
  }
  t.equal((await cmc.type('host', 'apply', '--all')).exit, 0)
  t.equal((await cmc.type('release', 'build')).exit, 0)
}

const caOf = (cmc: Centre) => readFileSync(join(cmc.home, 'ca.pem'), 'utf8')
const on = (cmc: Centre, ...argv: readonly string[]) =>
  cmc.type('lab', 'ssh', 'north-1', '--lab', cmc.lab, '--', ...argv)

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
    const asked = request({...options, timeout: 5000}, answer => {
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

/** What is on north-1 that a tenant could leave: files, accounts, units, clusters, sockets; ours and journald's apart. */
async function facts(cmc: Centre): Promise<readonly string[]> {
  const own = '-path /var/log/journal -o -path /var/cache -o -path /var/lib/systemd -o -path /var/lib/selfhelp/exchange'
  const script = [
    `find /etc /opt /var /home /root /run/selfhelp \\( ${own} -o -path /var/lib/selfhelp/epoch \\) -prune -o -printf '%y %m %u:%g %p\\n'`,
    'getent passwd',
    'getent group',
    "systemctl list-unit-files --no-legend 'e*-*' 'postgresql@*'",
    "systemctl list-units --all --plain --no-legend --type=service | awk '{print $1}'",
    "ss -Hltn | awk '{print $4}'",
    'pg_lsclusters -h',
    'nft list ruleset',
  ].join('; ')
  return (await on(cmc, 'sh', '-c', `{ ${script}; } 2>/dev/null`)).out.split('\n').sort()
}
