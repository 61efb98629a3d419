import type {Sql} from '../database.ts'

export const roles = ['administrator', 'author', 'test'] as const
export type AccountRole = (typeof roles)[number]

export interface Account {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: AccountRole
  readonly createdAt: Date
  /** False until a password was set over the one-time link. */
  readonly active: boolean
}

const columns = `a.id, a.email, a.name, a.role, a.created_at as "createdAt", p.hash is not null as active`
const joined = 'content.account a left join credential.password p on p.account_id = a.id'

/** The way an address is compared and stored. */
export function foldEmail(email: string): string {
  return email.trim().toLowerCase()
}

export async function listAccounts(sql: Sql): Promise<Account[]> {
  return (await sql.query<Account>(`select ${columns} from ${joined} order by a.email`)).rows
}

export async function findAccount(sql: Sql, email: string): Promise<(Account & {hash?: string}) | undefined> {
  const found = await sql.query(`select ${columns}, p.hash from ${joined} where a.email = $1`, [foldEmail(email)])
  return found.rows[0]
}

export async function accountOf(sql: Sql, id: string): Promise<Account | undefined> {
  return (await sql.query<Account>(`select ${columns} from ${joined} where a.id = $1`, [id])).rows[0]
}

/** Makes the account unless there is one of that address; true when it is new. */
export async function addAccount(
  sql: Sql,
  {email, name, role}: {email: string; name: string; role: AccountRole},
  at: Date,
): Promise<boolean> {
  const added = await sql.query(
    'insert into content.account (email, name, role, created_at) values ($1, $2, $3, $4) on conflict (email) do nothing',
    [foldEmail(email), name, role, at],
  )
  return added.rowCount === 1
}

/** Sets the password and ends every session and every other one-time link of the account. */
export async function setPassword(sql: Sql, id: string, password: {hash: string; at: Date}): Promise<void> {
  await sql.query(
    `insert into credential.password (account_id, hash, set_at) values ($1, $2, $3)
     on conflict (account_id) do update set hash = excluded.hash, set_at = excluded.set_at`,
    [id, password.hash, password.at],
  )
  await sql.query('delete from operation.session where account_id = $1', [id])
  await sql.query('delete from credential.welcome where account_id = $1 and used_at is null', [id])
}
