import {readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import t from 'tap'
import {runbooksOf} from '../../src/cli/runbooks.ts'
import {connectLedger} from '../../src/ledger/connect.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {acmeHost} from '../support/acme-host.ts'
import {troubles} from '../support/authority-troubles.ts'
import {centre} from '../support/centre.ts'
import {
  edgesOfTwoSites,
  intruderAt,
  intruderGone,
  leafAt,
  piped,
  stateOf,
  workerOf,
} from '../support/certificate-lab.ts'
import {customerAuthority} from '../support/customer-ca.ts'
import {secondOpinions} from '../support/edge-scanned.ts'
import {theScheduleDoesIt} from '../support/edge-schedule.ts'
import {ticketKeysRotate} from '../support/edge-tickets.ts'
import {cutInTheCommit, fullDisk, stapled} from '../support/edge-troubles.ts'
import {whyNoLab} from '../support/lab.ts'
import {diesOncePerStep} from '../support/lab-crash.ts'
import {help, ownNames, studio} from '../support/own-names.ts'
import {contractFile, must} from '../support/prepared.ts'
import {longest, seed} from '../support/seed.ts'
import {queued} from '../support/story.ts'
import {onHost} from '../support/tenant-hosts.ts'

const patience = Math.max(longest, 1_800_000)
t.setTimeout(patience)
const why = await whyNoLab()
const name = 'acme.ezvsaas.test'

t.test(
  'the certificates of a tenant on two edges of two sites',
  {skip: why ?? false, timeout: patience - 60_000},
  async t => {
    const cmc = await centre(t, '-cert', {
      sites: [
        {name: 'north', count: 1},
        {name: 'south', count: 2},
      ],
      disk: 4 * 1024 ** 3,
      env: {SELFHELP_RESPONDER_NETWORKS: '127.0.0.0/8'},
    })
    const [north, south] = [(await cmc.host('north-1')).address, (await cmc.host('south-1')).address]
    const names = {[name]: north, 'acme-edition.ezvsaas.test': south, [help]: south, [studio]: south}
    const outside = acmeHost(cmc, 'south-2', {zones: ['ezvsaas.test', 'acme.example'], names})
    // Awaited where it is needed; its trouble is told there.
    outside.catch(() => {})
    await must(cmc, 'init', '--operator', 'jane@cmc.test')
    await edgesOfTwoSites(cmc)
    await must(cmc, 'probe', 'add', 'outside', '--netns', `selfhelp-${cmc.lab}-outside`)
    const contract = contractFile(dirname(cmc.home), 'acme', 'sites: {primary: north, secondary: south}')
    writeFileSync(contract, readFileSync(contract, 'utf8').replace('ownDomain: false', 'ownDomain: true'))
    const edges = ['north-1', 'south-1']
    const workers = await Promise.all(edges.map(edge => workerOf(cmc, edge)))
    await must(cmc, 'tenant', 'create', 'acme', '--contract', contract)
    const ledger = await connectLedger({kind: 'private', place: placeOf(cmc.home, {}), database: 'selfhelp'}, 'owner')
    t.teardown(() => ledger.close())
    const pki = customerAuthority(join(dirname(cmc.home), 'pki'))
    const install = (files: {cert: string; key: string}, host = name) => [
      ...['certificate', 'install', 'acme', '--host', host],
      ...['--cert', files.cert, '--key', files.key, '--root', pki.root],
    ]

    await t.test('every edge serves the name of a new tenant, loaded without a reload', async t => {
      for (const [n, edge] of edges.entries())
        t.equal(await workerOf(cmc, edge), workers[n], `${edge} has the same process`)
      t.match(await cmc.type('environment', 'drift'), {exit: 0})
      t.match(await cmc.type('host', 'drift', '--all'), {exit: 0})
    })

    const one = pki.leaf('one', name)
    await t.test("a customer's certificate is served by both, proven by a handshake from outside", async t => {
      t.match(await cmc.json(...install(one), '--plan'), {exit: 0, answer: {changes: true}})
      const {exit, answer} = await cmc.json(...install(one))
      t.equal(exit, 0)
      const proven = (host: string) => ({host, state: 'proven', from: 'outside', protocol: 'TLSv1.3'})
      t.match(answer, {changed: true, complete: true, edges: [proven('north-1'), proven('south-1')]})
      for (const address of [north, south]) t.equal(await leafAt(address, name), answer.fingerprint)
      t.match(
        await cmc.json(...install(one)),
        {exit: 0, answer: {changed: false}},
        'the same typed again changes nothing',
      )
      t.match(await cmc.type('environment', 'drift'), {exit: 0})
    })

    await t.test('one that does not fit is refused with every finding, and nothing changes', async t => {
      const other = pki.leaf('other', 'other.example')
      const refused = await cmc.json(...install({cert: other.cert, key: one.key}))
      t.match(refused, {exit: 3, answer: {error: {code: 'certificate-unfit'}}})
      t.ok(refused.answer.error.facts.findings.length >= 2)
    })

    await t.test('an edge that serves something else has the one before back everywhere', async t => {
      const before = await leafAt(north, name)
      const two = pki.leaf('two', name)
      await intruderAt(cmc, 'south-1')
      const {exit, answer} = await cmc.json(...install(two))
      t.equal(exit, 3)
      t.match(JSON.stringify(answer), /handshake-differs/)
      t.equal(await leafAt(north, name), before, 'the honest edge is back too')
      await intruderGone(cmc, 'south-1')
      t.equal(await leafAt(south, name), before)
      t.match(await cmc.type('environment', 'drift'), {exit: 0}, 'nothing is left staged or served')
    })

    const place = {cmc, pki, name, addresses: [north, south], install, ledger} as const
    await t.test('an edge that is cut in the commit is missing until it is back; nobody calls it done', t =>
      cutInTheCommit(t, place),
    )
    await t.test('what a responder says goes along with its certificate, while it counts', t => stapled(t, place))

    await t.test('the longest chain accepted goes through the runtime API in one piece', async t => {
      const long = pki.leaf('long', name, {key: 'rsa4096', intermediates: 3})
      const {exit, answer} = await cmc.json(...install(long))
      t.equal(exit, 0)
      for (const address of [north, south]) t.equal(await leafAt(address, name), answer.fingerprint)
      const bytes = [long.cert, long.key].map(file => readFileSync(file).length)
      t.ok(bytes.reduce((sum, each) => sum + each) > 8_192, `${bytes.join(' and ')} bytes`)
    })

    await t.test('after a restart each edge runs what it ran before', async t => {
      for (const edge of ['north-1', 'south-1']) {
        const before = await stateOf(cmc, edge)
        t.ok(before.length > 8)
        t.equal((await onHost(cmc, edge, 'systemctl', 'restart', 'haproxy')).exit, 0)
        t.same(await stateOf(cmc, edge), before, edge)
      }
    })

    await t.test('keys of session tickets rotate without a reload, each gone after two', t =>
      ticketKeysRotate(t, {cmc, edge: 'south-1', address: south, name}, async () => {
        await must(cmc, 'schedule', 'run', 'edge-ticket-keys')
      }),
    )

    const authority = await outside
    const set = (...more: readonly string[]) => {
      const {directory, root, issues, kid} = authority
      return [
        'certificate',
        'authority',
        'set',
        '--directory',
        directory,
        '--root',
        root,
        '--issues',
        issues,
        '--eab-kid',
        kid,
        ...more,
      ]
    }
    await t.test(
      'an authority issues over http through the edges, bound to an account, with nonces it rejects',
      async t => {
        const env = {...process.env, SELFHELP_HOME: cmc.home}
        t.equal(await piped(['bin/selfhelp', ...set('--eab-key-stdin')], authority.eabKey, env), 0)
        const {exit, answer} = await cmc.json('certificate', 'issue', 'acme', '--host', 'acme-edition.ezvsaas.test')
        t.equal(exit, 0, JSON.stringify(answer))
        t.match(answer, {source: 'acme', complete: true})
        t.equal(await leafAt(south, 'acme-edition.ezvsaas.test'), answer.fingerprint)
      },
    )

    await t.test(
      "a customer's own names are served beside ours, proven to the authority by DNS, and people come in there",
      async t => {
        await must(cmc, ...set('--challenge', 'dns-01', '--dns-server', authority.address, '--dns-key', authority.tsig))
        await ownNames(t, place, authority)
      },
    )

    await t.test('the schedule renews, scans, rotates and refills by itself, and nobody loses a request', t =>
      theScheduleDoesIt(t, place),
    )

    if (seed === 'all') await t.test('scanners of others agree, and their word is kept', t => secondOpinions(t, cmc))

    await t.test('a certificate is revoked by its authority, after another is served', async t => {
      const edition = 'acme-edition.ezvsaas.test'
      const of = async (host: string) => (await cmc.json('certificate', 'show', host)).answer
      const [before, other] = [await of(edition), await of(name)]
      const revoke = ['certificate', 'revoke', 'acme', '--host', edition, '--because', 'key-compromise']
      t.match(await cmc.json(...revoke.with(2, 'nobody'), '--confirm', edition), {exit: 3})
      await diesOncePerStep(t, cmc, (await cmc.json(...revoke, '--confirm', edition, '--detach')).answer.run)
      const now = await of(edition)
      for (const address of [north, south]) t.equal(await leafAt(address, edition), now.fingerprint)
      t.not(now.fingerprint, before.fingerprint)
      t.match(await authority.standing(before.pem), {Status: 'Revoked', Reason: 1})
      t.match(await authority.standing(now.pem), {Status: 'Valid'})
      t.equal((await of(name)).fingerprint, other.fingerprint, 'the other name has what it had')
    })

    await t.test('an authority that refuses, is busy, or dies between order and certificate', t =>
      troubles(t, cmc, {authority, edges: [north, south]}),
    )

    await t.test('a full disk stops it before anything is served', t => fullDisk(t, place))

    await t.test('a run that is killed once in every step ends like one that was not', async t => {
      const five = pki.leaf('five', name)
      const {answer} = await cmc.json(...install(five), '--detach')
      await diesOncePerStep(t, cmc, answer.run)
      t.match(await cmc.json(...install(five)), {exit: 0, answer: {changed: false, complete: true}})
      // Those that the schedule begins and that look at everything.
      for (const job of ['certificate-scan', 'certificate-tend', 'edge-refill', 'edge-ticket-keys'])
        await diesOncePerStep(t, cmc, await queued(cmc, world => runbooksOf(world)(job), {}))
      t.match(await cmc.type('environment', 'drift'), {exit: 0})
      t.match(await cmc.type('host', 'drift', '--all'), {exit: 0})
    })
  },
)
