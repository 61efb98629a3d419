import {createHash} from 'node:crypto'
import type {Sql} from '../database.ts'
import type {Asked} from '../web/message.ts'
import {hashToken, newToken} from './token.ts'

const hours = 8
// __Host- makes the browser insist on Secure, on the whole site and on this host only.
const cookie = '__Host-selfhelp'
const flags = 'Path=/; Secure; HttpOnly; SameSite=Lax'

/** Begins a session and gives the header that hands its random id to the browser; nothing else is in the cookie. */
export async function openSession(sql: Sql, accountId: string, now: number): Promise<Record<string, string>> {
  const id = newToken()
  await sql.query(
    'insert into operation.session (id_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4)',
    [hashToken(id), accountId, new Date(now), new Date(now + hours * 3_600_000)],
  )
  return {'set-cookie': `${cookie}=${id}; Max-Age=${hours * 3600}; ${flags}`}
}

export async function closeSession(sql: Sql, id: string): Promise<Record<string, string>> {
  await sql.query('delete from operation.session where id_hash = $1', [hashToken(id)])
  return {'set-cookie': `${cookie}=; Max-Age=0; ${flags}`}
}

/** The account somebody is signed in with. */
export async function sessionAccount(sql: Sql, id: string, now: number): Promise<string | undefined> {
  const found = await sql.query<{id: string}>(
    'select account_id as id from operation.session where id_hash = $1 and expires_at > $2',
    [hashToken(id), new Date(now)],
  )
  return found.rows[0]?.id
}

/** The session id a request carries. */
export function sessionId(asked: Asked): string | undefined {
  for (const part of (asked.headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === cookie && value) return value
  }
  return undefined
}

/** The token that forms of a session carry; it is made of the id, which no other site can read. */
export function formToken(id: string): string {
  return createHash('sha256').update(`form:${id}`).digest('base64url')
}
