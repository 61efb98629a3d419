import {readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Test} from 'tap'
import {labDown} from '../../src/lab/down.ts'
import type {Centre} from './centre.ts'
import {customerServer} from './customer-server.ts'
import {silent} from './lab.ts'
import {diesOncePerStep} from './lab-crash.ts'
import {must} from './prepared.ts'
import {onHost} from './tenant-hosts.ts'

const production = 'acme/production'

/** A copy goes to the customer's own server, by a scheduled run too, and they open it without us. */
export async function toTheCustomer(t: Test, from: {readonly cmc: Centre; readonly id: string; readonly host: string}) {
  const {cmc} = from
  const lab = `${cmc.lab}-acme`
  t.teardown(() => labDown(lab, [], silent))
  const {run, address, hostKey} = await customerServer(lab, 'a word of acme')
  const [word, key] = [join(dirname(cmc.home), 'word'), join(dirname(cmc.home), 'acme.key')]
  writeFileSync(word, 'a word of acme\n', {mode: 0o600})
  const set = ['backup', 'destination', production, '--password-file', word]
  t.equal((await cmc.type('backup', 'transfer', production)).exit, 3, 'nobody has said where to')
  t.equal((await cmc.type(...set, '--to', `ftp://cmc@${address}/in`)).exit, 3, 'plain FTP only when accepted')
  t.equal((await cmc.type(...set, '--to', `sftp://cmc@${address}/home/cmc/in`)).exit, 2, 'SFTP only with its key')
  t.equal((await cmc.type(...set, '--to', `sftp://cmc:word@${address}/in`)).exit, 3, 'no password where others read it')
  await must(cmc, ...set, '--to', `sftp://cmc@${address}/home/cmc/in`, '--host-key', hostKey)
  const queued = await cmc.json('backup', 'transfer', production, '--detach')
  await diesOncePerStep(t, cmc, queued.answer.run)
  const listed = await cmc.json('backup', 'destinations')
  t.match(listed.answer.items[0], {environment: production, pinned: true, lastFile: /^acme-production-.*\.dump\.enc$/})
  const jobs = (await cmc.json('schedule', 'list')).answer.items
  t.match(
    jobs.find(({name}: {name: string}) => name === `backup-transfer-${from.id}`),
    {runbook: 'backup-transfer', zone: 'Europe/Paris'},
  )

  const written = await cmc.json('backup', 'transfer-key', production, '--out', key)
  const open = written.answer.opening.replace(/\| pg_restore.*/, '>/home/cmc/dump').replace('KEY', '/root/key')
  await run(`umask 077; cat >/root/key <<'END'\n${readFileSync(key, 'utf8')}END`)
  const there = await run(`cd /home/cmc/in && sha256sum -c *.sha256 && ${open.replace('FILE', '*.enc')} && cat *.txt`)
  t.match(there, /\.enc: OK/, 'it is what it was here')
  t.match(
    there,
    written.answer.opening.replace('FILE', listed.answer.items[0].lastFile).split(' | ')[0] ?? '?',
    'how to open it lies beside it',
  )
  const rows = await run(
    'cd / && chmod 755 /home/cmc && chmod 644 /home/cmc/dump && /usr/lib/postgresql/15/bin/pg_restore --data-only -t feedback -f - /home/cmc/dump',
  )
  t.match(rows, /later/, 'and it opens without us')
  t.equal(
    (await onHost(cmc, from.host, 'ls', '/var/lib/selfhelp/transfer')).out.trim(),
    '',
    'nothing is left on its host',
  )

  await run('echo cmc:another | chpasswd')
  const refused = await cmc.type('backup', 'transfer', production)
  t.match([refused.exit, refused.err], [3, /does not let us in/], 'a wrong password is said')
  t.match((await cmc.json('event', 'list', '--open')).answer.items, [{kind: 'transfer-failed', subject: production}])
  await run("echo 'cmc:a word of acme' | chpasswd")
  await must(cmc, 'backup', 'transfer', production)
  t.strictSame((await cmc.json('event', 'list', '--open')).answer.items, [], 'and settled by the next')
  await must(cmc, 'backup', 'destination', production, '--end')
  t.strictSame((await cmc.json('backup', 'destinations')).answer.items, [])
}
