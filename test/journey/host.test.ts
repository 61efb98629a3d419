import t from 'tap'
import {fingerprintOf} from '../../src/host/fingerprint.ts'
import {type Centre, centre} from '../support/centre.ts'
import {asRoot, whyNoLab} from '../support/lab.ts'

t.setTimeout(900_000)
const why = await whyNoLab()
const every = ['edge', 'presentation', 'edition', 'database']

/** Ports of the host that answer somebody outside. */
async function openFrom(cmc: Centre, address: string, ports: readonly number[]): Promise<number[]> {
  const script = 'for p in "$@"; do (timeout 10 bash -c "</dev/tcp/$0/$p" 2>/dev/null && echo $p) & done; wait; true'
  const words = ['lab', 'outside', '--lab', cmc.lab, '--', 'bash', '-c', script, address, ...ports.map(String)]
  const open = (await cmc.type(...words)).out.split('\n').filter(Boolean).map(Number)
  return open.sort((a, b) => a - b)
}

const console = (cmc: Centre, host: string, ...argv: readonly string[]) =>
  cmc.type('lab', 'ssh', host, '--lab', cmc.lab, '--', ...argv)

t.test('a Debian machine becomes a host', {skip: why ?? false, timeout: 840_000}, async t => {
  const cmc = await centre(t, '-host', [
    {name: 'north', count: 2},
    {name: 'south', count: 1},
  ])
  t.equal((await cmc.type('init', '--operator', 'jane.doe@cmc.test')).exit, 0)
  for (const site of ['north', 'south'])
    await cmc.type(
      'site',
      'add',
      site,
      '--country',
      'FR',
      '--tier',
      '3+',
      '--iso27001',
      '2099-06-30',
      '--soc2',
      '2099-03-31',
    )
  const north = await cmc.host('north-1')

  await t.test('it is never adopted with another key than it shows, nor unseen', async t => {
    const {hostKey: another} = await cmc.host('north-2')
    const words = await cmc.adopting('north-1', ...every)
    t.match(await cmc.json('host', 'add', 'north-1', ...words, '--host-key', another), {exit: 3})
    const wrong = await cmc.json(
      'host',
      'add',
      'north-1',
      ...words,
      '--host-key-fingerprint',
      `SHA256:${'A'.repeat(43)}`,
    )
    t.match(wrong, {exit: 3, answer: {error: {code: 'host-key-changed', facts: {found: /^SHA256:/}}}})
    const unseen = await cmc.json('host', 'add', 'north-1', ...words)
    t.match(unseen, {exit: 2, answer: {error: {message: /--host-key-fingerprint/}}})
    t.notOk((await asRoot(cmc.lab, 'north-1', ['id', 'selfhelp'])).ok, 'nothing was changed on it')
  })

  await t.test('the preflight names every problem at once and changes nothing', async t => {
    await asRoot(cmc.lab, 'north-1', [
      'sh',
      '-c',
      'echo "echo hello" > /root/.bashrc; mv /etc/apt/sources.list.d /root/',
    ])
    const words = [...(await cmc.adopting('north-1', ...every)), '--host-key', north.hostKey]
    const {exit, answer} = await cmc.json('host', 'add', 'north-1', ...words)
    t.equal(exit, 3)
    t.match(answer.error.facts.problems, [/package sources/, /login shell talks/])
    t.notOk((await asRoot(cmc.lab, 'north-1', ['id', 'selfhelp'])).ok)
    await asRoot(cmc.lab, 'north-1', ['sh', '-c', 'rm /root/.bashrc; mv /root/sources.list.d /etc/apt/'])
  })

  await t.test('with its own key it is, and typing it again changes nothing', async t => {
    const words = [...(await cmc.adopting('north-1', ...every)), '--host-key', north.hostKey]
    t.match(await cmc.json('host', 'add', 'north-1', ...words), {exit: 0, answer: {changed: true}})
    t.match(await cmc.json('host', 'add', 'north-1', ...words), {exit: 0, answer: {changed: false}})
    const roles = await cmc.json('host', 'add', 'north-1', ...words.slice(0, -4), '--host-key', north.hostKey)
    t.match(roles, {exit: 3, answer: {error: {code: 'host-differs'}}})
    t.match((await cmc.json('host', 'show', 'north-1')).answer.items, [{facts: {controlPlane: [north.controlPlane]}}])
  })

  await t.test('applied, nothing is left to do, and asking takes one exchange', async t => {
    for (const [name, ...roles] of [
      ['north-2', 'presentation'],
      ['south-1', 'repository'],
    ] as const) {
      const {hostKey} = await cmc.host(name)
      const added = await cmc.json('host', 'add', name, ...(await cmc.adopting(name, ...roles)), '--host-key', hostKey)
      t.equal(added.exit, 0, name)
    }
    const {exit, answer} = await cmc.json('host', 'apply', '--all')
    t.equal(exit, 0)
    t.ok(answer.items.every((item: {changes: unknown[]}) => item.changes.length > 5))
    t.match(await cmc.json('host', 'drift', '--all'), {exit: 0, answer: {roundTrips: 3}})
    t.match(await cmc.json('host', 'apply', '--all'), {
      exit: 0,
      answer: {roundTrips: 3, items: [{changes: []}, {changes: []}, {changes: []}]},
    })
    t.match((await console(cmc, 'north-1', 'systemctl', 'is-system-running')).out, 'running')
    t.equal(
      (await console(cmc, 'north-1', 'pg_lsclusters', '--no-header')).out.trim(),
      '',
      'no cluster was made unasked',
    )
  })

  await t.test('root is let in no more, and ssh only answers the control plane', async t => {
    t.notOk((await asRoot(cmc.lab, 'north-1', ['true'])).ok)
    t.same(await openFrom(cmc, north.address, [22, 80, 443, 5432, 20000, 24000, 28000]), [80, 443])
    t.same(await openFrom(cmc, (await cmc.host('south-1')).address, [22, 80, 443, 8432]), [])
    t.same(await openFrom(cmc, `${(await cmc.status()).hosts[0]?.address6}`, [22, 80, 443, 5432]), [80, 443])
  })

  await t.test('the edge sends http to https and serves no name it does not know', async t => {
    const from = (...argv: readonly string[]) =>
      cmc.type('lab', 'outside', '--lab', cmc.lab, '--', 'curl', '-sS', ...argv)
    t.match(
      (await from('-o', '/dev/null', '-w', '%{http_code} %{redirect_url}', `http://${north.address}/x`)).out,
      /^301 https/,
    )
    t.match(await from('-k', '--resolve', `no.test:443:${north.address}`, 'https://no.test/'), {
      exit: 35,
      err: /unrecognized name/,
    })
  })

  await t.test('what was tampered with is seen, and repaired', async t => {
    await console(
      cmc,
      'north-1',
      'sh',
      '-c',
      'echo PermitRootLogin yes >> /etc/ssh/sshd_config.d/10-selfhelp.conf; nft flush ruleset; systemctl stop haproxy',
    )
    const drift = await cmc.json('host', 'drift', '--all')
    t.equal(drift.exit, 5)
    t.same(
      drift.answer.items.map((item: {changes: {of: string}[]}) => item.changes.map(({of}) => of)),
      [
        [
          'unit haproxy.service',
          'file /etc/ssh/sshd_config.d/10-selfhelp.conf',
          'unit ssh.service',
          'nftables ruleset',
        ],
        [],
        [],
      ],
    )
    await cmc.type('probe', 'add', 'outside', '--netns', (await cmc.status()).outside.netns)
    const ill = await cmc.json('doctor')
    t.equal(ill.exit, 5)
    const differing = ill.answer.items.filter(({state}: {state: string}) => state === 'difference')
    t.match(differing, [{check: 'outside', subject: 'north-1 from outside', found: '22', remedy: /host drift north-1/}])
    t.equal((await cmc.type('host', 'apply', 'north-1')).exit, 0)
    t.equal((await cmc.type('host', 'drift', '--all')).exit, 0)
    t.match(await cmc.json('doctor'), {exit: 0, answer: {differences: 0}})
  })

  await t.test('a plan that is no longer true is not applied', async t => {
    await console(cmc, 'north-1', 'rm', '/etc/apt/apt.conf.d/99selfhelp')
    const {answer: plan} = await cmc.json('host', 'plan', 'north-1')
    t.match(plan.items[0].changes, [{of: 'file /etc/apt/apt.conf.d/99selfhelp', what: 'create', diff: /Periodic/}])
    await console(cmc, 'north-1', 'rm', '/etc/systemd/journald.conf.d/selfhelp.conf')
    const late = await cmc.json('host', 'apply', 'north-1', '--expect', plan.planHash)
    t.match(late, {exit: 3, answer: {error: {code: 'plan-changed'}}})
    const {answer: anew} = await cmc.json('host', 'plan', 'north-1')
    t.match(await cmc.json('host', 'apply', 'north-1', '--expect', anew.planHash), {exit: 0})
  })

  await t.test('a dead host never delays the others, and is asked again alone', async t => {
    await cmc.type('lab', 'pause', 'north-2', '--lab', cmc.lab)
    const began = performance.now()
    const {exit, answer} = await cmc.json('host', 'plan', '--all', '--deadline', '600')
    t.equal(exit, 5)
    t.ok(performance.now() - began < 300_000)
    t.match(answer.items, [
      {host: 'north-1', ok: true},
      {host: 'north-2', ok: false},
      {host: 'south-1', ok: true},
    ])
    await cmc.type('lab', 'resume', 'north-2', '--lab', cmc.lab)
    const again = await cmc.json('host', 'plan', '--only', 'failed')
    t.match(again, {exit: 0, answer: {items: [{host: 'north-2', ok: true}]}})
    t.equal(again.answer.items.length, 1)
    t.same((await cmc.json('host', 'plan', '--only', 'failed')).answer.items, [])
  })

  await t.test('nor does it when they are changed, and it is changed alone when it is back', async t => {
    const tidy = ['rm', '/etc/apt/apt.conf.d/99selfhelp']
    for (const name of ['north-1', 'north-2']) await console(cmc, name, ...tidy)
    await cmc.type('lab', 'cut', 'north-2', '--lab', cmc.lab)
    const {exit, answer} = await cmc.json('host', 'apply', '--all')
    t.equal(exit, 5)
    const one = [{of: 'file /etc/apt/apt.conf.d/99selfhelp'}]
    t.match(answer.items, [{ok: true, changes: one}, {ok: false, error: {code: 'host-unreachable'}}, {ok: true}])
    await cmc.type('lab', 'heal', 'north-2', '--lab', cmc.lab)
    const again = await cmc.json('host', 'apply', '--only', 'failed')
    t.match(again, {exit: 0, answer: {items: [{host: 'north-2', ok: true, changes: one}]}})
    t.equal(again.answer.items.length, 1)
    t.equal((await cmc.type('host', 'drift', '--all')).exit, 0)
  })

  await t.test('a changed host key stops everything on that host, until it is pinned again', async t => {
    const anew =
      'rm /etc/ssh/ssh_host_ed25519_key*; ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key; systemctl restart ssh; ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'
    const pinned = fingerprintOf((await cmc.host('south-1')).hostKey)
    const fingerprint = (await console(cmc, 'south-1', 'sh', '-c', anew)).out.split(' ')[1] ?? ''
    const stopped = await cmc.json('host', 'plan', '--all')
    t.equal(stopped.exit, 5)
    const error = stopped.answer.items[2].error
    t.equal(error.code, 'host-key-changed')
    for (const each of [pinned, fingerprint]) t.ok(error.message.includes(each), `names ${each}`)
    t.match(await cmc.json('host', 'apply', 'south-1'), {
      exit: 5,
      answer: {items: [{error: {code: 'host-key-changed'}}]},
    })
    t.match(error.remedies.join(), /host repin south-1/)
    t.match(await cmc.json('host', 'repin', 'south-1', '--host-key-fingerprint', fingerprint), {
      exit: 3,
      answer: {error: {code: 'confirmation-missing'}},
    })
    const repinned = await cmc.json(
      'host',
      'repin',
      'south-1',
      '--host-key-fingerprint',
      fingerprint,
      '--confirm',
      'south-1',
    )
    t.match(repinned, {exit: 0, answer: {items: [{changed: true, after: fingerprint}]}})
    t.equal((await cmc.type('host', 'drift', '--all')).exit, 0)
  })

  await t.test('a retired host is forgotten by commands and by the firewalls of the others', async t => {
    t.match(await cmc.json('host', 'retire', 'south-1'), {exit: 3})
    t.match(await cmc.json('host', 'retire', 'south-1', '--confirm', 'south-1'), {
      exit: 0,
      answer: {items: [{changed: true}]},
    })
    t.match(await cmc.json('host', 'plan', 'south-1'), {exit: 3, answer: {error: {code: 'not-found'}}})
    const drift = await cmc.json('host', 'drift', 'north-1')
    t.match(drift.answer.items[0].changes, [{of: 'nftables ruleset', diff: /^-.*database to repository/m}])
  })
})
