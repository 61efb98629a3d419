import {timingSafeEqual} from 'node:crypto'
import type {Context} from '../app.ts'
import {hashToken} from '../edition/token.ts'
import type {App} from '../web/listener.ts'
import {type Answer, type Asked, json} from '../web/message.ts'
import {accountsAsked, accountsListed} from './accounts.ts'
import {digestContent, exportContent} from './content.ts'
import {type Admin, smoke} from './smoke.ts'

/** What operations ask on the machine itself; never on the public listener. Works in every mode. */
export function adminApp(admin: Admin): App {
  const {context, pool} = admin
  const {environment} = context.config
  const {version, schemaLevel} = context.release
  const routes: Record<string, (asked: Asked) => Promise<Answer>> = {
    'POST /internal/smoke': async () => {
      const result = await smoke(admin)
      return json(result, result.ok ? 200 : 503)
    },
    'GET /internal/digest': async () => json({environment, version, schemaLevel, ...(await digestContent(pool))}),
    'GET /internal/export': async () => ({
      status: 200,
      headers: {'content-type': 'application/jsonl; charset=utf-8', 'cache-control': 'no-store'},
      body: exportContent(pool, {environment, version, schemaLevel}),
    }),
    'GET /internal/accounts': async () => json(await accountsListed(context)),
    'POST /internal/accounts': async asked => await accountsAsked(context, asked.body),
  }
  return async asked => {
    if (!mayAsk(context, asked)) return {...json({error: 'the token is missing or wrong'}, 401), route: 'internal'}
    const route = `${asked.method} ${asked.path}`
    const found = Object.hasOwn(routes, route) ? routes[route] : undefined
    if (!found) return {...json({error: 'there is nothing here'}, 404), route: 'internal'}
    return {...(await found(asked)), route}
  }
}

// On a socket the file's mode has decided already.
function mayAsk({config}: Context, asked: Asked): boolean {
  if ('socket' in config.admin) return true
  const given = hashToken((asked.headers.authorization ?? '').replace(/^Bearer /, ''))
  return timingSafeEqual(Buffer.from(given), Buffer.from(hashToken(config.admin.token)))
}
