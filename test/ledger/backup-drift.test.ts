import t from 'tap'
import {backupsBeside} from '../../src/backup/beside.ts'
import {asEnvironment} from '../../src/environment/model.ts'
import {differs, planEnvironments} from '../../src/environment/plan.ts'
import {insertBackup} from '../../src/ledger/backup.ts'
import {environmentsOf} from '../../src/ledger/environment.ts'
import {standing} from '../support/tenant-trials.ts'
import {tenantWorld} from '../support/tenant-world.ts'

t.test('drift knows what backups have on both hosts', async t => {
  const world = await tenantWorld(t)
  const {ledger, platform} = world
  await standing(world)
  const beside = backupsBeside(platform)
  const forecast = () => planEnvironments(platform, ['acme/production'], beside)
  t.notOk(differs(await forecast()), 'before it is activated it has none')

  const at = platform.clock.now()
  const production = async () =>
    (await environmentsOf(ledger, 'acme')).map(asEnvironment).find(({name}) => name === 'production')
  await insertBackup(ledger, {environment: (await production())?.id ?? '', askedBy: 'jdoe', request: 'EV-1', since: at})
  const environment = await production()
  if (!environment) return t.fail('there is no production')
  const missing = (await forecast()).items.flatMap(one =>
    one.ok ? one.changes.map(({of}) => `${one.host} ${of}`) : [],
  )
  for (const [host, what] of [
    ['north-1', `unit ${environment.id}-heartbeat.timer`],
    ['south-1', `unit ${environment.id}-backup-full.timer`],
    ['south-1', `file /etc/pgbackrest/conf.d/${environment.id}.conf`],
  ])
    t.ok(missing.includes(`${host} ${what}`), `${host} ${what}`)
})
