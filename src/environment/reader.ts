/** Where a database listens: its port on the host's socket folder, or a folder of its own. */
export interface Listening {
  readonly port: number
  readonly socket?: string
}

/** Who may read everything of the application's database, and do nothing else. */
export const reader = 'selfhelp_reader'

/**
 * The command line of psql as `reader`, for whoever is the server's own user. The application owns its tables: a function, a
 * cast or an operator that somebody planted there runs when it is read, and then with no more rights than these.
 */
export function reading(listening: Listening): readonly string[] {
  return psql(listening, {user: reader, database: 'selfhelp'})
}

/** The same as the server's superuser: for the catalog, and for databases that the application cannot enter. */
export function superuser(listening: Listening, database: 'postgres' | 'selfhelp'): readonly string[] {
  return psql(listening, {user: 'postgres', database})
}

/** The same as the application itself: what is planted in a copy runs with the rights it would have there, and no more. */
export function asApplication(listening: Listening): readonly string[] {
  return psql(listening, {user: 'selfhelp', database: 'selfhelp'})
}

/** A program of PostgreSQL that asks the application's database as `reader`. */
export function asReader(program: string, {port, socket = folder}: Listening): readonly string[] {
  return ['env', pinned, `${programs}/${program}`, '-U', reader, '-h', socket, '-p', `${port}`, '-d', 'selfhelp']
}

// The real programs: Debian's wrappers in /usr/bin are written in Perl and cost more than the question.
const programs = '/usr/lib/postgresql/15/bin'
const folder = '/var/run/postgresql'

/** What the client sets counts more than what the owner of a database has set for whoever enters it. */
const pinned = 'PGOPTIONS=-c search_path=pg_catalog'

function psql({port, socket = folder}: Listening, {user, database}: {user: string; database: string}) {
  const place = ['-U', user, '-h', socket, '-p', `${port}`, '-d', database]
  return ['env', pinned, `${programs}/psql`, '-XqAt', '-v', 'ON_ERROR_STOP=1', ...place]
}
