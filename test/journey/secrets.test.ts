import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {openLedger} from '../../src/ledger/open.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {secretStore} from '../../src/ledger/secret-store.ts'
import {packageRoot} from '../../src/root.ts'
import {keyFileOf} from '../../src/secret/key-file.ts'
import {centre} from '../support/centre.ts'
import {whyNoLab} from '../support/lab.ts'
import {addTales, leaks, readTree, type Seen, telltales, watchProcesses} from '../support/leaks.ts'

t.setTimeout(900_000)
const why = await whyNoLab()
const promises = ['--country', 'FR', '--tier', '3+', '--iso27001', '2099-06-30', '--soc2', '2099-03-31']
const roles = ['edge', 'presentation', 'edition', 'database']

t.test(
  'no secret shows in any output, log, table, argument or environment',
  {skip: why ?? false, timeout: 840_000},
  async t => {
    const cmc = await centre(t, '-secrets', [{name: 'north', count: 1}])
    const seen: Seen = new Map()
    const watch = watchProcesses(seen)
    t.teardown(() => watch.stop())
    const does = async (...words: readonly string[]) => {
      for (const form of words.includes('--json') ? [words] : [words, [...words, '--json']]) {
        const {exit, out, err} = await cmc.type(...form)
        t.equal(exit, 0, `${form.join(' ')}${exit === 0 ? '' : `: ${out}${err}`}`)
        seen.set(out, `what ${form.join(' ')} printed`)
        seen.set(err, `what ${form.join(' ')} said`)
      }
    }
    await does('init', '--operator', 'jane.doe@cmc.test')
    await does('site', 'add', 'north', ...promises)
    const {hostKey} = await cmc.host('north-1')
    await does('host', 'add', 'north-1', ...(await cmc.adopting('north-1', ...roles)), '--host-key', hostKey)
    await does('host', 'apply', 'north-1')
    await does('release', 'build', '--json')
    const contract = join(t.testdir(), 'acme.yaml')
    const acme = readFileSync(join(packageRoot(), 'examples/acme.yaml'), 'utf8')
    writeFileSync(contract, acme.replace(/, secondary: south/, ''))
    await does('tenant', 'create', 'acme', '--contract', contract)
    await does('tenant', 'hand-over', 'acme', '--by', 'jdoe')
    await does('environment', 'plan', 'acme/production')
    await does('secret', 'rotate', '--json')
    for (const words of [
      ['tenant', 'show', 'acme'],
      ['run', 'list'],
      ['journal', 'list'],
      ['journal', 'verify'],
      ['host', 'show', 'north-1'],
    ])
      await does(...words)
    const {answer} = await cmc.json('run', 'list')
    for (const {run} of answer.items) await does('run', 'show', run)
    watch.stop()

    const env = {PATH: process.env.PATH, SELFHELP_HOME: cmc.home}
    const ledger = await openLedger({home: cmc.home, env})
    const tales = await telltales(ledger, secretStore(ledger, keyFileOf(cmc.home, env)))
    await ledger.close()
    const own = ['key-encryption-key', 'operator-key', 'machine-key']
    for (const file of own) addTales(tales, file, readFileSync(join(cmc.home, file), 'utf8'))
    readTree(cmc.home, seen, [...own, 'postgres'])
    const dump = ['-h', placeOf(cmc.home, env).socket, '-U', 'postgres', '--data-only', 'selfhelp']
    seen.set(
      execFileSync('/usr/lib/postgresql/15/bin/pg_dump', dump, {maxBuffer: 1 << 28}).toString('latin1'),
      'the ledger',
    )
    const logged = 'journalctl --no-pager; find /var/log -type f ! -path "*/journal/*" -exec cat {} +'
    const logs = await cmc.type('lab', 'ssh', 'north-1', '--lab', cmc.lab, '--', 'sh', '-c', logged)
    seen.set(logs.out, 'the logs of north-1')

    t.ok(tales.size > 15, `${tales.size} lines would give ${new Set(tales.values()).size} secrets away`)
    t.ok(watch.processes > 100, `${watch.processes} processes were seen`)
    t.ok(logs.out.length > 10_000, `${logs.out.length} bytes were logged: ${logs.err}`)
    t.same(leaks(tales, seen), [])
  },
)
