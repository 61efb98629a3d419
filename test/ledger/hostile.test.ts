// An application that fell to somebody owns its tables. Whatever it plants there, nothing runs it with more rights than it has.
import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {type AddressInfo, createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t, {type Test} from 'tap'
import {figuresIn, measuring, remeasuring} from '../../src/backup/figures.ts'
import type {Environment} from '../../src/environment/model.ts'
import {schema} from '../../src/environment/schema.ts'
import {database, dumping} from '../../src/environment/wanted.ts'
import type {CommandWanted, PgClusterWanted} from '../../src/machine/model.ts'
import {lostAsked} from '../../src/restore/lost.ts'
import {Secret} from '../../src/secret/secret.ts'
import {run} from '../support/process.ts'

t.setTimeout(180_000)
const bin = '/usr/lib/postgresql/15/bin'
const skip = process.getuid?.() === 0 ? false : 'asks a server that belongs to another user'

/** Says who runs it, and takes what it can get. */
const plant = `
create schema planted;
create function planted.spring() returns text language plpgsql as $$ begin
  raise warning 'SPRUNG as % %', current_user, current_setting('is_superuser');
  begin execute 'alter role selfhelp superuser'; exception when others then null; end;
  begin execute 'reset role'; execute 'alter role selfhelp superuser'; exception when others then null; end;
  return '';
end $$;
create function planted.told(content.thing) returns text language sql as 'select planted.spring()';
create cast (content.thing as text) with function planted.told(content.thing) as assignment;
alter table operation.schema_level rename to levels;
create view operation.schema_level as select level + length(planted.spring()) as level from operation.levels;
create function planted.count(anyelement) returns bigint language sql as 'select length(planted.spring())::bigint';
create function planted.format(text, variadic text[]) returns text language sql as 'select planted.spring()';
create function planted.string_agg(text, text) returns text language sql as 'select planted.spring()';
create function planted.pg_create_restore_point(text) returns text language sql as 'select planted.spring()';
create function planted.pg_export_snapshot() returns text language sql as 'select planted.spring()';
create function planted.joined(text, text) returns text language sql as 'select planted.spring()';
create operator planted.|| (leftarg = text, rightarg = text, function = planted.joined);
create function planted.less(integer, integer) returns boolean language sql as 'select planted.spring() is null';
create operator planted.< (leftarg = integer, rightarg = integer, function = planted.less);
alter table content.thing enable row level security;
alter table content.thing force row level security;
create policy sees on content.thing using (planted.spring() = '');
alter database selfhelp set search_path = planted, pg_catalog, public;`

t.test('nothing that the application planted runs with more rights than its own', {skip}, async t => {
  const {port, sql} = await server(t)
  await sql(
    'selfhelp',
    'selfhelp',
    `create schema content; create schema credential; create schema operation;
    create table content.thing (name text); insert into content.thing select 'n' || n from generate_series(1, 9) n;
    create table content."two
segment|0" (name text);
    create table operation.schema_level (level integer); insert into operation.schema_level values (3);`,
  )
  await sql('selfhelp', 'selfhelp', plant)
  const [said, environment] = [[] as string[], environmentOn(port)]
  const told = async (args: readonly string[], input = '') => {
    const {exit, out, err} = await run(args, {stdin: input, cwd: '/'})
    said.push(err)
    return {exit: exit ?? 1, out, err}
  }
  const as = (args: readonly string[]) => [
    'setpriv',
    '--reuid=postgres',
    '--regid=postgres',
    '--init-groups',
    '--',
    ...args.slice(1),
  ]

  const source = measuring({port, point: 'before'})
  const figures = figuresIn(await told(as(source.args), source.input), 'before')
  t.match(figures, {schemaLevel: 3, rows: {'content.thing': 9, 'content.two\nsegment|0': 0}, point: 'before'})
  t.match(figures.segment, /^[0-9A-F]{24}$/, 'no name passes for another line')
  const again = remeasuring({port})
  const found = figuresIn(await told(as(again.args), again.input), 'live')
  t.strictSame(found.rows, figures.rows, 'rows that it hides are counted all the same')
  t.equal(found.digest, figures.digest)
  const level = schema(environment, 3)[0] as CommandWanted
  t.equal((await told(level.unless)).exit, 0, 'its schema is at its level')
  t.match((await told(as(lostAsked(environment, '2000-01-01T00:00:00Z')))).out, /^content.thing\|9$/m)
  t.equal((await told(dumping(environment))).exit, 0, 'its last dump')

  const sprung = said.flatMap(text => text.match(/SPRUNG as .*/g) ?? [])
  t.ok(sprung.length > 3, `what was planted did run ${sprung.length} times`)
  t.strictSame([...new Set(sprung)], ['SPRUNG as selfhelp_reader off'], 'and never as anybody else')
  t.equal(await sql('postgres', 'postgres', "select string_agg(rolname, ',') from pg_roles where rolsuper"), 'postgres')
})

const environmentOn = (port: number) =>
  ({
    ...{id: 'ehostil', tenant: 'acme', name: 'production', ports: {database: port}},
    hostnames: {presentation: 'acme.test', edition: 'acme-edition.test'},
  }) as unknown as Environment

/** A cluster as an environment has it, with the accounts and the access that are wanted there. */
async function server(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-hostile-'))
  chmodSync(folder, 0o711)
  const port = await freePort()
  const own = ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', '--']
  const must = async (...words: readonly string[]) => {
    const {exit, out, err} = await run([...own, ...words], {cwd: '/'})
    if (exit !== 0) throw new Error(`${words.join(' ')}: ${err}`)
    return out
  }
  const data = join(folder, 'data')
  execFileSync('install', ['-d', '-o', 'postgres', '-g', 'postgres', '-m', '700', data])
  await must(`${bin}/initdb`, '-D', data, '-A', 'peer', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync')
  const [cluster] = database(environmentOn(port), {
    password: new Secret('p'),
    tls: {ca: '', chain: '', key: new Secret('')},
  })
  const {access, identity = []} = cluster as PgClusterWanted
  const put = (name: string, lines: readonly string[]) => writeFileSync(join(data, name), `${lines.join('\n')}\n`)
  put('pg_hba.conf', access)
  put('pg_ident.conf', identity)
  const settings = `-p ${port} -c listen_addresses= -c unix_socket_directories=/var/run/postgresql -c track_commit_timestamp=on -c fsync=off`
  await must('mkdir', '-p', '/var/run/postgresql')
  await must(`${bin}/pg_ctl`, '-D', data, '-w', '-s', '-l', join(data, 'log'), '-o', settings, 'start')
  t.teardown(async () => {
    await must(`${bin}/pg_ctl`, '-D', data, '-w', '-s', '-m', 'immediate', 'stop')
    rmSync(folder, {recursive: true, force: true})
  })
  const sql = async (user: string, name: string, text: string) => {
    const psql = [`${bin}/psql`, '-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', '/var/run/postgresql', '-p', `${port}`]
    return (
      await must(...psql, '-U', 'postgres', '-d', name, '-c', `set session authorization ${user}`, '-c', text)
    ).trim()
  }
  await sql('postgres', 'postgres', 'create role selfhelp login')
  await sql('postgres', 'postgres', 'create role selfhelp_reader login bypassrls')
  await sql('postgres', 'postgres', 'grant pg_read_all_data to selfhelp_reader')
  await sql('postgres', 'postgres', 'create database selfhelp owner selfhelp template template0')
  await sql('postgres', 'postgres', 'revoke all on database selfhelp from public')
  await sql('postgres', 'postgres', 'grant connect on database selfhelp to selfhelp_reader')
  return {port, sql}
}

async function freePort(): Promise<number> {
  const listening = createServer().listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const {port} = listening.address() as AddressInfo
  listening.close()
  return port
}
