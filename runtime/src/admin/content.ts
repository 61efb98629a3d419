import {createHash} from 'node:crypto'
import type pg from 'pg'
import type {Sql} from '../database.ts'

export interface Digest {
  /** SHA-256 over every row of content and credentials, tables by name, rows by key. */
  readonly digest: string
  readonly parts: Readonly<Record<'content' | 'credential', {readonly sha256: string; readonly rows: number}>>
}

const batch = 500

/** Digests one moment of the database. A table belongs to it by its schema, so no new one can be forgotten. */
export async function digestContent(pool: pg.Pool): Promise<Digest> {
  const whole = createHash('sha256')
  const parts = {content: {hash: createHash('sha256'), rows: 0}, credential: {hash: createHash('sha256'), rows: 0}}
  for await (const {schema, line} of readRows(pool, ['content', 'credential'])) {
    whole.update(line)
    const part = parts[schema as keyof typeof parts]
    part.hash.update(line)
    part.rows += 1
  }
  return {
    digest: whole.digest('hex'),
    parts: {
      content: {sha256: parts.content.hash.digest('hex'), rows: parts.content.rows},
      credential: {sha256: parts.credential.hash.digest('hex'), rows: parts.credential.rows},
    },
  }
}

/**
 * The customer's content as JSON lines: a head, a line per row, an end with the row count and the SHA-256 of the
 * row lines (the digest's part `content`). Credentials are not content and stay out. A file without its end is cut.
 */
export async function* exportContent(pool: pg.Pool, head: Record<string, unknown>): AsyncGenerator<string> {
  const hash = createHash('sha256')
  let rows = 0
  yield `${JSON.stringify({format: 1, ...head})}\n`
  for await (const {line} of readRows(pool, ['content'])) {
    hash.update(line)
    rows += 1
    yield line
  }
  yield `${JSON.stringify({end: {rows, sha256: hash.digest('hex')}})}\n`
}

async function* readRows(pool: pg.Pool, schemas: string[]): AsyncGenerator<{schema: string; line: string}> {
  const client = await pool.connect()
  let failure: Error | undefined
  try {
    await client.query('begin isolation level repeatable read read only')
    // What a time or a text looks like must not depend on the server's own settings.
    await client.query(`set local timezone = 'UTC'`)
    for (const table of await readTables(client, schemas)) yield* readTable(client, table)
  } catch (error) {
    failure = error as Error
    throw error
  } finally {
    await client.query('rollback').catch(error => {
      failure = error as Error
    })
    client.release(failure)
  }
}

interface Table {
  readonly schema: string
  readonly name: string
  readonly quoted: string
  readonly order: string
}

async function readTables(sql: Sql, schemas: string[]): Promise<Table[]> {
  const tables = await sql.query<Table>(
    `select n.nspname as schema, c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted,
       (select string_agg(format('%I::text collate "C"', a.attname), ', ' order by k.position)
        from pg_index i, unnest(i.indkey) with ordinality as k(attnum, position), pg_attribute a
        where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.attnum) as "order"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname = any($1) order by n.nspname collate "C", c.relname collate "C"`,
    [schemas],
  )
  return tables.rows
}

async function* readTable(sql: Sql, table: Table): AsyncGenerator<{schema: string; line: string}> {
  // jsonb and not json: it writes keys in one order, whatever order the columns were added in.
  await sql.query(
    `declare rows no scroll cursor for select to_jsonb(t)::text as row from ${table.quoted} t order by ${table.order}`,
  )
  for (;;) {
    const found = await sql.query<{row: string}>(`fetch ${batch} from rows`)
    for (const {row} of found.rows) {
      yield {schema: table.schema, line: `{"table":"${table.schema}.${table.name}","row":${row}}\n`}
    }
    if (found.rows.length < batch) break
  }
  await sql.query('close rows')
}
