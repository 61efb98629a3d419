import type {Maskable} from '../contract/model.ts'

/** What the server of a copy forgets: where it came from. For the superuser, in the database `postgres`. */
export const forgetting = `alter system reset all;
drop schema if exists backup cascade;
`

/**
 * What is done to a copy before anybody gets in: it forgets who was signed in and every one-time link, and what the contract
 * wants unrecognisable is so, in every table. For the application: what somebody planted there runs with its rights.
 */
export function masked(masking: readonly Maskable[]): string {
  return `set search_path = pg_catalog;
begin;
create temporary table person on commit drop as select email from content.account;
delete from operation.session;
delete from credential.welcome;
${masking.map(one => masks[one]).join('\n')}
${masking.includes('accounts') ? nobodyLeft : ''}
commit;
`
}

/** An address is a key of the application, so each stays one of its own. */
const masks: Readonly<Record<Maskable, string>> = {
  accounts: `delete from credential.password;
update content.account a set name = 'Person ' || n, email = 'person-' || n || '@masked.invalid'
  from (select id, row_number() over (order by id) as n from content.account) numbered where numbered.id = a.id;`,
  feedback: `update content.feedback set answers = '{}';`,
}

/** Where somebody's address stands though nobody thought of that place, the copy is not made. */
const nobodyLeft = `do $do$ declare place record; named bigint; begin
  for place in select schemaname as s, tablename as t from pg_tables where schemaname in ('content', 'credential', 'operation') loop
    execute format('select count(*) from %I.%I t where exists (select from person p where position(p.email in lower(t::text)) > 0)',
      place.s, place.t) into named;
    if named > 0 then raise exception '% rows of %.% still name somebody', named, place.s, place.t; end if;
  end loop;
end $do$;`
