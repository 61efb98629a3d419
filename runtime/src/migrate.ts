import {createHash} from 'node:crypto'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type pg from 'pg'
import type {Config} from './config.ts'
import {openPool, type Sql, transaction} from './database.ts'
import type {Release} from './release.ts'

/** The database cannot be brought to this release's level; nothing was changed. */
class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'
}

interface Migration {
  readonly level: number
  readonly name: string
  readonly sql: string
  readonly sha256: string
}

// Any constant does, as long as every release uses the same one.
const lock = 5_345_610_001

/** Brings the database to this release's schema level, a transaction per file, one process at a time. Prints JSON. */
export async function migrate(config: Config, release: Release): Promise<number> {
  // Nobody waits for a page here: a busy host is no reason to give up.
  const pool = openPool(config.database, {max: 2, connectMs: 60_000})
  try {
    const result = await migratePool(pool, release)
    process.stdout.write(`${JSON.stringify(result)}\n`)
    return 0
  } finally {
    await pool.end()
  }
}

/** The same on a pool. Throws `MigrationRefused` on a newer database or on a file changed since it was applied. */
export async function migratePool(
  pool: pg.Pool,
  release: Release,
): Promise<{from: number; to: number; applied: string[]}> {
  const migrations = readMigrations(release.root)
  const holder = await pool.connect()
  try {
    await holder.query('select pg_advisory_lock($1)', [lock])
    const applied: string[] = []
    const from = await check(holder, migrations)
    for (const migration of migrations.filter(m => m.level > from)) {
      await transaction(pool, sql => apply(sql, migration))
      applied.push(migration.name)
    }
    return {from, to: migrations.length, applied}
  } finally {
    await holder.query('select pg_advisory_unlock($1)', [lock]).catch(() => undefined)
    holder.release()
  }
}

/** The level a database is at; 0 when nothing was ever applied. */
export async function schemaLevel(sql: Sql): Promise<number> {
  const there = await sql.query<{there: boolean}>(`select to_regclass('operation.schema_level') is not null as there`)
  if (!there.rows[0]?.there) return 0
  const level = await sql.query<{level: number}>('select coalesce(max(level), 0) as level from operation.schema_level')
  return level.rows[0]?.level ?? 0
}

function readMigrations(root: string): Migration[] {
  const folder = join(root, 'migrations')
  const names = readdirSync(folder)
    .filter(name => name.endsWith('.sql'))
    .sort()
  return names.map((name, index) => {
    const sql = readFileSync(join(folder, name), 'utf8')
    if (Number(name.slice(0, 4)) !== index + 1) throw new MigrationRefused(`${name}: expected number ${index + 1}`)
    return {level: index + 1, name, sql, sha256: createHash('sha256').update(sql).digest('hex')}
  })
}

async function check(sql: Sql, migrations: Migration[]): Promise<number> {
  const level = await schemaLevel(sql)
  if (level > migrations.length) {
    throw new MigrationRefused(`the database is at level ${level}, newer than this release (${migrations.length})`)
  }
  if (level === 0) return 0
  const rows = await sql.query<{level: number; sha256: string}>('select level, sha256 from operation.schema_level')
  for (const row of rows.rows) {
    const known = migrations[row.level - 1]
    if (known?.sha256 !== row.sha256) throw new MigrationRefused(`${known?.name} differs from what was applied`)
  }
  return level
}

async function apply(sql: Sql, migration: Migration): Promise<void> {
  await sql.query(migration.sql)
  await sql.query('insert into operation.schema_level (level, name, sha256) values ($1, $2, $3)', [
    migration.level,
    migration.name,
    migration.sha256,
  ])
}
