import {generateKeyPairSync, randomBytes} from 'node:crypto'
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {placeOf} from '../../src/ledger/place.ts'
import {stopPrivate} from '../../src/ledger/private.ts'
import {packageRoot} from '../../src/root.ts'
import {newSshKey} from '../../src/secret/ssh-key.ts'
import {centre} from '../support/centre.ts'
import {setPassword} from '../support/customer.ts'
import {dumpLedger, hostRoot, isOpen, secretsOf, watchProcesses} from '../support/evidence.ts'
import {whyNoLab} from '../support/lab.ts'
import {type Known, needlesOf} from '../support/needle.ts'
import {application, contractFile, must, prepared} from '../support/prepared.ts'
import {run} from '../support/process.ts'
import {type Finding, search} from '../support/search.ts'

t.setTimeout(900_000)
const why = await whyNoLab()

/** Where a secret lies by design; not even there may others read it. */
const byDesign: readonly {readonly at: RegExp; readonly because: string}[] = [
  {at: /^(home|other)\/(key-encryption-key|operator-key|machine-key)$/, because: 'the keys it opens and signs with'},
  {at: /^said\/\d+-tenant-document\.out$/, because: "the customer's links, printed by the command made for it"},
  {at: /^north-1\/etc\/selfhelp\/e\w{6}\/secret\/database-password$/, because: 'systemd hands it to the services'},
  {at: /^north-1\/run\/credentials\/e\w{6}-\w+\.service\/database-password$/, because: 'what a service was handed'},
  {at: /^north-1\/etc\/selfhelp\/e\w{6}\/database\.key$/, because: 'its PostgreSQL serves TLS with it'},
  {at: /^north-1\/etc\/haproxy\/selfhelp\/cert\/[a-z0-9.-]+\.pem$/, because: 'HAProxy serves TLS with it'},
]

t.test('no secret is told anywhere in a whole journey', {skip: why ?? false, timeout: 840_000}, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-secrets-'))
  chmodSync(folder, 0o711)
  const inside = (name: string) => join(folder, name)
  const [said, temporary, other] = [inside('said'), inside('tmp'), inside('other')]
  for (const each of [said, temporary, inside('made')]) mkdirSync(each, {mode: 0o700})
  const secrets = new Map<string, Known>()
  const learn = (more: readonly Known[]) => {
    for (const each of more) secrets.set(`${each.name} ${each.value}`, each)
  }
  const stopWatching = watchProcesses(inside('processes'))
  t.teardown(async () => {
    await stopWatching()
    if (existsSync(other)) await stopPrivate(placeOf(other, {}))
    rmSync(folder, {recursive: true, force: true})
  })
  const jane = newSshKey('jane')
  writeFileSync(inside('jane'), jane.privateKey.expose(), {mode: 0o600})
  writeFileSync(inside('jane.pub'), `${jane.publicKey} jane\n`)
  const recovery = ['safe-1', 'safe-2'].map(name => {
    const {publicKey, privateKey} = generateKeyPairSync('rsa', {modulusLength: 3072})
    writeFileSync(inside(`${name}.pem`), publicKey.export({type: 'spki', format: 'pem'}))
    return {name, value: privateKey.export({type: 'pkcs8', format: 'pem'}) as string}
  })
  learn([{name: "jane's key", value: jane.privateKey.expose()}, ...recovery])
  let count = 0
  const heard = (words: readonly string[], {out, err}: {out: string; err: string}) => {
    const name = `${++count}-${words
      .filter(word => /^[a-z-]+$/.test(word))
      .slice(0, 2)
      .join('-')}`
    writeFileSync(join(said, `${name}.out`), out)
    writeFileSync(join(said, `${name}.err`), err)
  }
  const cmc = await centre(t, '-secret', {
    sites: [
      {name: 'north', count: 1},
      {name: 'south', count: 1},
    ],
    env: {TMPDIR: temporary, SELFHELP_OPERATOR_KEY: inside('jane')},
    heard,
  })
  const type = (...words: string[]) => must(cmc, ...words)
  const contract = contractFile(folder, 'acme', 'sites: {primary: north, secondary: south}')

  await t.test('from nothing to a tenant that is handed over, looked at from everywhere', async t => {
    const keys = ['--recovery-key', inside('safe-1.pem'), '--recovery-key', inside('safe-2.pem')]
    await type('init', '--operator', 'jane@cmc.test', '--operator-key', inside('jane.pub'), ...keys)
    const generated = await run([join(packageRoot(), 'bin/selfhelp'), 'init', '--operator', 'joe@cmc.test'], {
      env: {PATH: process.env.PATH, SELFHELP_HOME: other, TMPDIR: temporary},
    })
    t.equal(generated.exit, 0)
    heard(['init', 'other'], generated)
    learn(await secretsOf(other))
    const {identity} = await cmc.host('north-1')
    learn([{name: 'the key that a host was adopted with', value: readFileSync(identity, 'utf8')}])
    await prepared(cmc, {'north-1': application, 'south-1': ['repository']})
    await type('tenant', 'create', 'acme', '--contract', contract, '--reason', 'test')
    learn(await secretsOf(cmc.home))
    await type('tenant', 'hand-over', 'acme', '--by', 'jdoe')
    learn(await secretsOf(cmc.home))
    const link = /https:\S+\/welcome\/\S+/.exec(await type('tenant', 'document', 'acme'))?.[0] ?? ''
    await type('tenant', 'document', 'acme', '--json')
    const password = randomBytes(18).toString('base64url')
    const {address} = await cmc.host('north-1')
    const session = await setPassword({link, password, address, caFile: join(cmc.home, 'ca.pem')})
    learn([
      {name: "the customer's password", value: password},
      {name: "the customer's session", value: session},
    ])
  })

  await t.test('everything that can be asked is asked', async t => {
    for (const words of [
      ['tenant', 'show', 'acme'],
      ['tenant', 'list'],
      ['environment', 'show', 'acme/production'],
      ['environment', 'plan', 'acme/production'],
      ['environment', 'drift', 'acme/production'],
      ['host', 'show', 'north-1'],
      ['host', 'plan', '--all'],
      ['journal', 'list'],
      ['journal', 'verify'],
      ['run', 'list'],
      ['release', 'list'],
      ['operator', 'list'],
      ['schedule', 'list'],
    ])
      for (const json of [[], ['--json']]) t.equal((await cmc.type(...words, ...json)).exit, 0, words.join(' '))
    await type('journal', 'export', '--tenant', 'acme', '--to', inside('made/journal.jsonl'))
    const {answer} = await cmc.json('run', 'list', '--limit', '100')
    for (const {run: name} of answer.items) {
      await type('run', 'show', name, '--json')
      await type('support-bundle', name, '--file', inside(`made/${name}.tar.gz`))
      await run(['tar', '-xzf', inside(`made/${name}.tar.gz`), '-C', inside('made')])
    }
    await type('secret', 'rotate', '--reason', 'test')
    learn(await secretsOf(cmc.home))
    for (const json of [[], ['--json']]) t.notOk((await cmc.type('doctor', ...json)).exit === 1)
  })

  let roots: Readonly<Record<string, string>> = {}
  const lookEverywhere = async (needles: ReadonlyMap<string, string>) => {
    await dumpLedger(cmc.home, inside('made/ledger.sql'))
    const hosts = ['north-1', 'south-1']
    const found = await Promise.all(hosts.map(name => hostRoot(cmc.lab, name, inside(`made/${name}.journal`))))
    roots = {home: cmc.home, other, ...Object.fromEntries(hosts.map((name, at) => [name, found[at] ?? '']))}
    const below = found.flatMap(root => ['etc', 'var', 'opt', 'run', 'tmp', 'root'].map(name => `${root}/${name}`))
    return search(needles, [said, temporary, inside('made'), inside('processes'), cmc.home, other, ...below])
  }
  const named = ({secret, file}: Finding) => {
    const [name = 'folder', root = folder] = Object.entries(roots).find(([, at]) => file.startsWith(`${at}/`)) ?? []
    const path = file.slice(root.length + 1)
    return {secret, path: name === 'folder' ? path : `${name}/${path}`, open: isOpen(file, root)}
  }

  await t.test('afterwards every secret is only where it belongs', async t => {
    t.ok([...secrets.values()].length > 15, 'there are secrets to look for')
    const found = (await lookEverywhere(needlesOf([...secrets.values()]))).map(named)
    t.same(
      found.filter(({path, open}) => open || !byDesign.some(({at}) => at.test(path))),
      [],
    )
    for (const {at, because} of byDesign)
      t.ok(
        found.some(({path}) => at.test(path)),
        `looked where: ${because}`,
      )
    t.same(readdirSync(temporary), [], 'no temporary file is left')
  })

  await t.test('a secret that is planted is found, in a log, an environment, a ledger and on a host', async t => {
    const planted = {name: 'planted', value: randomBytes(24).toString('base64url')}
    const log = `${roots['north-1']}/var/log/planted.log`
    writeFileSync(log, `{"line":"${Buffer.from(`key=${planted.value}`).toString('base64')}"}`)
    // It lives until both its command line and its environment were seen.
    const seen = 'until [ "$(grep -cF "$0" "$1")" -ge 2 ]; do sleep 0.2; done'
    await run(['sh', '-c', seen, planted.value, inside('processes')], {
      env: {PATH: process.env.PATH, PLANTED: planted.value},
    })
    await type('tenant', 'hand-over', 'acme', '--by', 'jdoe', '--reason', planted.value)
    const found = (await lookEverywhere(needlesOf([planted]))).map(each => named(each).path)
    for (const place of ['north-1/var/log/planted.log', 'processes', 'made/ledger.sql'])
      t.ok(found.includes(place), place)
  })

  await t.test('when the tenant is removed its hosts keep no secret of it', async t => {
    await type('tenant', 'remove', 'acme', '--confirm', 'acme')
    learn(await secretsOf(cmc.home))
    const found = (await lookEverywhere(needlesOf([...secrets.values()]))).map(named)
    t.same(
      found.filter(({path}) => !/^(home|other|said)\//.test(path) || !byDesign.some(({at}) => at.test(path))),
      [],
    )
  })
})
