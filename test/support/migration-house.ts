// A customer in service on lab hosts who is to come to other versions, and the days until an agreed slot.
import {writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Test} from 'tap'
import {newSshKey} from '../../src/secret/ssh-key.ts'
import {type Centre, centre} from './centre.ts'
import {visited} from './customer.ts'
import {daysPass} from './days-pass.ts'
import {type MailServer, mailServer} from './mail-server.ts'
import {application, must, prepared} from './prepared.ts'
import {acmeFile, onHost} from './tenant-hosts.ts'

export const [production, qualification] = ['acme/production', 'acme/qualification']

export interface House {
  readonly cmc: Centre
  readonly mail: MailServer
}

/** acme in service at 0.1, and its mail taken by a server of ours. */
export async function inService(t: Test, suffix: string): Promise<House> {
  const sites = [
    {name: 'north', count: 1},
    {name: 'south', count: 1},
  ]
  const [cmc, mail] = await Promise.all([centre(t, suffix, sites), mailServer(t)])
  await must(cmc, 'init', '--operator', 'jane.doe@cmc.test')
  await prepared(cmc, {'north-1': application, 'south-1': ['repository']})
  const way = ['--host', '127.0.0.1', '--port', `${mail.port}`, '--security', 'smtp', '--sender', 'noreply@cmc.test']
  await must(cmc, 'notice', 'relay', 'platform', ...way)
  await must(cmc, 'tenant', 'create', 'acme', '--contract', acmeFile)
  await must(cmc, 'tenant', 'hand-over', 'acme', '--by', 'jdoe')
  await must(cmc, 'environment', 'activate', production, '--request', 'EV-1', '--by', 'jdoe')
  return {cmc, mail}
}

/** From the request to the customer's word on what stands on qualification. */
export async function validated(t: Test, house: House, to: string): Promise<string> {
  const {cmc} = house
  const id = await requested(t, house, to)
  const ran = await cmc.json('migration', 'run', id)
  t.match(ran, {exit: 0, answer: {state: 'awaiting-validation'}})
  const form = new URL('../../examples/validation.yaml', import.meta.url).pathname
  const words = ['--by', 'jdoe', '--checklist', form]
  t.match(await cmc.json('migration', 'validate', id, ...words), {exit: 0, answer: {state: 'validated'}})
  return id
}

/** The customer asks for a version, and qualification has its slot now. */
async function requested(t: Test, {cmc}: House, to: string): Promise<string> {
  await must(cmc, 'release', 'build', to)
  const asked = await cmc.json('migration', 'request', 'acme', '--to', to, '--by', 'jdoe', '--ticket', 'EV-2')
  t.match(asked, {exit: 0, answer: {state: 'requested'}})
  const id: string = asked.answer.id
  const soon = ['--environment', 'qualification', '--at', new Date().toISOString()]
  await must(cmc, 'migration', 'schedule', id, ...soon)
  return id
}

/** Agreed on, told 72 hours ahead, and the slot begins. */
export async function planned(t: Test, {cmc}: House, id: string): Promise<void> {
  const at = new Date(Date.now() + 73 * 3_600_000).toISOString()
  const words = ['--environment', 'production', '--at', at, '--users-informed', '--team-ready']
  t.match(await cmc.json('migration', 'schedule', id, ...words), {exit: 0, answer: {state: 'production-proposed'}})
  t.match(await cmc.json('migration', 'agree', id, '--by', 'jdoe'), {exit: 0, answer: {state: 'production-planned'}})
  await must(cmc, 'notice', 'deliver')
  await daysPass(cmc, id)
}

/** What each of its environments runs. */
export async function versions({cmc}: House): Promise<Record<string, string>> {
  const {answer} = await cmc.json('environment', 'list', '--tenant', 'acme')
  return Object.fromEntries(
    answer.items.map((one: {name: string; version: string}) => [one.name.split('/')[1], one.version]),
  )
}

/** People say whether a procedure helped. */
export async function feedback(
  house: House,
  environment: string,
  {count, answers = '{}'}: {count: number; answers?: string},
): Promise<void> {
  await sql(
    house,
    environment,
    `insert into content.feedback (procedure, step, helpful, answers, release, at)
      select gen_random_uuid()::text, 's', true, '${answers}', '0', now() from generate_series(1, ${count})`,
  )
}

/** Of every row of content and credentials, and of every column they have. */
export async function digest(house: House, environment: string): Promise<string> {
  const ours = "schemaname in ('content', 'credential')"
  const rows = `select n || query_to_xml('select t::text from ' || n || ' t order by 1', true, true, '')::text said
    from (select format('%I.%I', schemaname, tablename) n from pg_tables where ${ours}) x`
  const columns = `select table_schema || '.' || table_name || '.' || column_name || ' ' || data_type said
    from information_schema.columns where table_schema in ('content', 'credential')`
  return sql(house, environment, `select md5(string_agg(said, '' order by said)) from (${rows} union all ${columns}) y`)
}

/** How many said so. */
export async function rows(house: House, environment: string): Promise<number> {
  return Number(await sql(house, environment, 'select count(*) from content.feedback'))
}

/** What an environment's own database answers. */
export async function sql({cmc}: House, environment: string, statement: string): Promise<string> {
  const {answer} = await cmc.json('environment', 'show', environment)
  const text = Buffer.from(statement).toString('base64')
  const port = `$(sed -n 's/^port = //p' /etc/postgresql/15/${answer.id}/postgresql.conf | cut -d' ' -f1)`
  const psql = `runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 -p ${port} -d selfhelp`
  const {exit, out, err} = await onHost(cmc, 'north-1', 'sh', '-c', `echo ${text} | base64 -d | ${psql}`)
  if (exit !== 0) throw new Error(err)
  return out.trim()
}

/** The key of a second person who may approve. */
export async function approver({cmc}: House): Promise<string> {
  const key = newSshKey('joe')
  const file = join(dirname(cmc.home), 'joe')
  writeFileSync(file, key.privateKey.expose(), {mode: 0o600})
  writeFileSync(`${file}.pub`, `${key.publicKey}\n`)
  const person = ['joe@cmc.test', '--key', `${file}.pub`, '--role', 'approver', '--reason', 'second person']
  await must(cmc, 'operator', 'add', ...person)
  return file
}

/** Asks production's page ten times a second; at the end gives for how long it was not answered. */
export function watching({cmc}: House): () => Promise<{asked: number; refused: number; seconds: number}> {
  const refused: number[] = []
  let asked = 0
  let going = true
  const done = (async () => {
    const {answer} = await cmc.json('environment', 'show', production)
    const all = new Set<Promise<void>>()
    while (going) {
      const at = Date.now()
      asked++
      const one = visited(answer)
        .then(({status}) => void (status !== 200 && refused.push(at)))
        .catch(() => void refused.push(at))
        .finally(() => all.delete(one))
      all.add(one)
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    await Promise.all(all)
  })()
  return async () => {
    going = false
    await done
    const seconds = refused.length === 0 ? 0 : (Math.max(...refused) - Math.min(...refused) + 100) / 1000
    return {asked, refused: refused.length, seconds}
  }
}
