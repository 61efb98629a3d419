import type {Operation, PgDatabaseWanted} from '../model.ts'

/** A database in UTF-8 that only its owner may enter. */
export const pgDatabase: Operation<PgDatabaseWanted> = {
  kind: 'pg-database',
  title: want => `pg-database ${want.name} of ${want.cluster.name}`,
  questions: want => [{ask: 'pg_database', args: placeOf(want)}],
  compare(want, [answer]) {
    const of = pgDatabase.title(want)
    const owner = answer?.exit === 0 ? /^owner (.*)$/m.exec(answer.out)?.[1] : undefined
    const gone = {act: 'pg_database_gone', args: placeOf(want)}
    if (want.absent) return owner === undefined ? [] : [{of, what: 'remove with all its data', actions: [gone]}]
    const guests = [...(answer?.out ?? '').matchAll(/^guest (.*)$/gm)].map(([, name]) => name)
    const kept = (want.guests ?? []).filter(name => !guests.includes(name))
    if (owner === want.owner && kept.length === 0) return []
    const change = owner === want.owner ? `let ${kept.join(', ')} in` : `owner ${owner} → ${want.owner}`
    const what = owner === undefined ? 'create' : change
    return [{of, what, actions: [{act: 'pg_database', args: [...placeOf(want), want.owner, ...(want.guests ?? [])]}]}]
  },
}

const placeOf = ({cluster, name}: PgDatabaseWanted) => [`${cluster.version}`, `${cluster.port}`, name]
