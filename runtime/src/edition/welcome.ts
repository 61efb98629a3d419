import type {Sql} from '../database.ts'
import {hashToken, newToken} from './token.ts'

const days = 7

export interface Welcome {
  readonly token: string
  readonly expiresAt: Date
}

/** Makes the account's one-time link and ends the ones before it. */
export async function makeWelcome(sql: Sql, accountId: string, now: number): Promise<Welcome> {
  const welcome = {token: newToken(), expiresAt: new Date(now + days * 86_400_000)}
  await sql.query('delete from credential.welcome where account_id = $1 and used_at is null', [accountId])
  await sql.query('insert into credential.welcome (token_hash, account_id, expires_at) values ($1, $2, $3)', [
    hashToken(welcome.token),
    accountId,
    welcome.expiresAt,
  ])
  return welcome
}

/** The account a link is for, as long as it can be used; looking does not use it. */
export async function welcomed(sql: Sql, token: string, now: number): Promise<string | undefined> {
  const found = await sql.query<{id: string}>(
    'select account_id as id from credential.welcome where token_hash = $1 and used_at is null and expires_at > $2',
    [hashToken(token), new Date(now)],
  )
  return found.rows[0]?.id
}

/** Uses a link up; of several at once exactly one gets the account. */
export async function useWelcome(sql: Sql, token: string, now: number): Promise<string | undefined> {
  const used = await sql.query<{id: string}>(
    `update credential.welcome set used_at = $2
     where token_hash = $1 and used_at is null and expires_at > $2 returning account_id as id`,
    [hashToken(token), new Date(now)],
  )
  return used.rows[0]?.id
}
