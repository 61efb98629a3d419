import type {Context, Pages, Visit} from '../app.ts'
import {isReading, readOnlyPage} from '../app.ts'
import {at, plain} from '../web/layout.ts'
import {type Answer, form, page, seeOther} from '../web/message.ts'
import {words} from '../web/words.ts'
import {type Account, accountOf, findAccount, foldEmail, listAccounts, setPassword} from './accounts.ts'
import {overviewPage, signInPage, welcomePage} from './pages.ts'
import {hashPassword, isPassword, passwordFault} from './password.ts'
import {closeSession, formToken, openSession, sessionAccount, sessionId} from './sessions.ts'
import {useWelcome, welcomed} from './welcome.ts'

/** The pages of the edition role. */
export function editionPages(context: Context): Pages {
  return async visit => {
    const {path, asked} = visit
    const reading = isReading(asked)
    if (path === '/' && reading) return {...(await home(context, visit)), route: 'home'}
    if (path === '/sign-in') {
      return {...(reading ? page(signInPage(visit.scene)) : await signIn(context, visit)), route: 'sign-in'}
    }
    if (path === '/sign-out' && !reading) return {...(await signOut(context, visit)), route: 'sign-out'}
    const token = /^\/welcome\/([A-Za-z0-9_-]{43})$/.exec(path)?.[1]
    if (token === undefined) return undefined
    return {...(await (reading ? welcomeForm : welcomeSent)(context, visit, token)), route: 'welcome'}
  }
}

async function home(context: Context, {asked, scene}: Visit): Promise<Answer> {
  const id = sessionId(asked)
  const person = id && (await personOf(context, id))
  if (!id || !person) return page(signInPage(scene))
  const signedIn = {...scene, person: {email: person.email, token: formToken(id)}}
  return page(overviewPage(signedIn, await listAccounts(context.sql)))
}

async function personOf(context: Context, id: string): Promise<Account | undefined> {
  const accountId = await sessionAccount(context.sql, id, context.clock())
  return accountId === undefined ? undefined : await accountOf(context.sql, accountId)
}

async function signIn(context: Context, {asked, scene}: Visit): Promise<Answer> {
  const fields = form(asked)
  const email = foldEmail(fields.get('email') ?? '').slice(0, 254)
  const wait = noteTry(context, email, asked.source)
  if (wait > 0) return page(signInPage(scene, 'tooMany', email), 429, {'retry-after': String(wait)})
  const account = await findAccount(context.sql, email)
  const right = await isPassword(fields.get('password') ?? '', account?.hash)
  if (!account || !right) return page(signInPage(scene, 'signInWrong', email), 422)
  context.limits.account.clear(`${email} ${asked.source}`)
  const old = sessionId(asked)
  if (old) await closeSession(context.sql, old)
  return seeOther(at(scene, '/'), await openSession(context.sql, account.id, context.clock()))
}

// Noted before the password is looked at: tries sent at once must not all pass the question.
function noteTry({limits}: Context, email: string, source: string): number {
  const keys = [
    [limits.account, `${email} ${source}`],
    [limits.source, source],
    // Somebody guessing from everywhere; more than one's own typing errors can ever be.
    [limits.source, `account ${email}`],
  ] as const
  const wait = Math.max(...keys.map(([limit, key]) => limit.wait(key)))
  if (wait === 0) for (const [limit, key] of keys) limit.note(key)
  return wait
}

async function signOut(context: Context, {asked, scene}: Visit): Promise<Answer> {
  const id = sessionId(asked)
  if (!id) return seeOther(at(scene, '/'))
  if (form(asked).get('token') !== formToken(id))
    return page(plain(scene, '403', words[scene.locale].cautionOrigin), 403)
  return seeOther(at(scene, '/'), await closeSession(context.sql, id))
}

async function welcomeForm(context: Context, {scene}: Visit, token: string): Promise<Answer> {
  const account = await invited(context, token)
  return account ? page(welcomePage(scene, {token, email: account.email})) : gone({scene})
}

async function welcomeSent(context: Context, visit: Visit, token: string): Promise<Answer> {
  const {asked, scene} = visit
  const account = await invited(context, token)
  if (!account) return gone(visit)
  if (scene.state.mode === 'read-only') return readOnlyPage(scene)
  const fields = form(asked)
  const password = fields.get('password') ?? ''
  const fault = passwordFault(password, fields.get('repeated') ?? '', account.email)
  if (fault) return page(welcomePage(scene, {token, email: account.email}, fault), 422)
  const hash = await hashPassword(password)
  const now = context.clock()
  const cookie = await context.together(async sql => {
    const id = await useWelcome(sql, token, now)
    if (id === undefined) return undefined
    await setPassword(sql, id, {hash, at: new Date(now)})
    return await openSession(sql, id, now)
  })
  return cookie ? seeOther(at(scene, '/'), cookie) : gone(visit)
}

async function invited(context: Context, token: string): Promise<Account | undefined> {
  const id = await welcomed(context.sql, token, context.clock())
  return id === undefined ? undefined : await accountOf(context.sql, id)
}

function gone({scene}: Pick<Visit, 'scene'>): Answer {
  const w = words[scene.locale]
  return page(plain(scene, w.welcomeGone, w.welcomeGoneText), 410)
}
