import type {Context} from '../app.ts'
import {type Account, type AccountRole, addAccount, findAccount, listAccounts, roles} from '../edition/accounts.ts'
import {makeWelcome} from '../edition/welcome.ts'
import {type Answer, json} from '../web/message.ts'

export async function accountsListed(context: Context): Promise<{items: Account[]}> {
  return {items: await listAccounts(context.sql)}
}

/**
 * Body `{email, role, name?, renew?}`: makes the account if it is absent. The one-time link is told only when the
 * account is new or `renew` is true, since only its hash is kept; asking again changes nothing.
 */
export async function accountsAsked(context: Context, body: string): Promise<Answer> {
  const wish = parseWish(body)
  if (Array.isArray(wish)) return json({error: 'the account cannot be read', problems: wish}, 422)
  const now = context.clock()
  const result = await context.together(async sql => {
    const created = await addAccount(sql, wish, new Date(now))
    const {hash: _, ...account} = (await findAccount(sql, wish.email)) as Account & {hash?: string}
    if (!created && !wish.renew) return {created, account}
    const {token, expiresAt} = await makeWelcome(sql, account.id, now)
    return {created, account, welcome: {token, url: `${context.config.urls.edition}/welcome/${token}`, expiresAt}}
  })
  return json(result, result.created ? 201 : 200)
}

interface Wish {
  readonly email: string
  readonly name: string
  readonly role: AccountRole
  readonly renew: boolean
}

function parseWish(body: string): Wish | string[] {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return ['not JSON']
  }
  const {email, role, name = '', renew = false} = (json ?? {}) as Record<string, unknown>
  const problems: string[] = []
  if (typeof email !== 'string' || email.length > 254 || !/^[^@\s\p{Cc}]+@[^@\s\p{Cc}]+$/u.test(email)) {
    problems.push('email: an e-mail address')
  }
  if (!roles.includes(role as AccountRole)) problems.push(`role: one of ${roles.join(', ')}`)
  if (typeof name !== 'string' || name.length > 200) problems.push('name: a text of 200 characters at most')
  if (typeof renew !== 'boolean') problems.push('renew: true or false')
  return problems.length > 0 ? problems : ({email, role, name, renew} as Wish)
}
