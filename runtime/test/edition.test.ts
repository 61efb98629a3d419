import t from 'tap'
import {hashPassword, isPassword, passwordFault} from '../src/edition/password.ts'
import {sql, startPostgres, withoutDatabase} from './support/database.ts'
import {type Running, startRuntime} from './support/runtime.ts'

const password = 'correct horse battery'
const hostile = '"><script>alert(1)</script>'

// A busy machine starts a process in a second.
t.setTimeout(120_000)

t.test('a password is kept as argon2id, differently each time', async t => {
  const [first, second] = await Promise.all([hashPassword(password), hashPassword(password)])
  t.match(first, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  t.not(first, second)
  t.ok(await isPassword(password, first))
  t.notOk(await isPassword(`${password} `, first))
  t.notOk(await isPassword(password, undefined))
  t.notOk(await isPassword(password, 'nonsense'))
  t.ok(
    await isPassword('e\u0301le\u0300ve-en-classe', await hashPassword('\u00e9l\u00e8ve-en-classe')),
    'however accents are typed',
  )
})

t.test('a password that is no good is refused for one reason', async t => {
  t.equal(passwordFault('short', 'short', 'j@a.b'), 'passwordShort')
  t.equal(passwordFault('x'.repeat(257), 'x'.repeat(257), 'j@a.b'), 'passwordShort')
  t.equal(passwordFault('Jane@Acme.test!!', 'Jane@Acme.test!!', 'jane@acme.test'), 'passwordIsEmail')
  t.equal(passwordFault(password, `${password}x`, 'j@a.b'), 'passwordDiffers')
  t.equal(passwordFault(password, password, 'j@a.b'), undefined)
})

t.test('the edition', {skip: withoutDatabase}, async t => {
  const database = await (await startPostgres(t))()
  const edition = await startRuntime(t, {role: 'edition', database, config: {proxies: ['127.0.0.1']}})
  const from = (source: string) => ({'x-forwarded-for': `203.0.113.9, ${source}`})

  t.test('shows a sign-in form to whoever is not signed in', async t => {
    const home = await edition.get('/')
    t.equal(home.status, 200)
    t.match(await home.text(), /action="\/sign-in"/)
    t.equal(home.headers.get('set-cookie'), null)
  })

  t.test('makes an account once, and its link only when new or renewed', async t => {
    const first = await account(edition, {email: 'Jane@Acme.test', role: 'administrator'})
    t.match(first, {created: true, account: {email: 'jane@acme.test', active: false}})
    t.match(first.welcome?.url, /^https:\/\/acme-edition\.example\/welcome\/[A-Za-z0-9_-]{43}$/)
    const again = await account(edition, {email: 'jane@acme.test', role: 'author'})
    t.match(again, {created: false, account: {role: 'administrator'}, welcome: undefined})
    const renewed = await account(edition, {email: 'jane@acme.test', role: 'author', renew: true})
    t.not(renewed.welcome?.token, first.welcome?.token)
    t.equal((await edition.get(`/welcome/${first.welcome?.token}`)).status, 410, 'a renewed link ends the old one')
    t.equal((await edition.get(`/welcome/${renewed.welcome?.token}`)).status, 200)
    const stored = JSON.stringify(await sql(database, 'select * from credential.welcome'))
    t.notMatch(stored, renewed.welcome?.token)
  })

  t.test('refuses an account it cannot read, with every problem', async t => {
    const answer = await edition.admin('POST', '/internal/accounts', {email: 'x', role: 'god', name: 1, renew: 'no'})
    t.equal(answer.status, 422)
    t.equal(JSON.parse(answer.text).problems.length, 4)
    t.equal((await edition.admin('POST', '/internal/accounts', undefined)).status, 422)
  })

  t.test('of many who use a link at once exactly one wins, and is signed in', async t => {
    const {welcome} = await account(edition, {email: 'many@acme.test', role: 'author'})
    const path = `/welcome/${welcome?.token}`
    t.match(await (await edition.get(path)).text(), 'many@acme.test', 'looking does not use it')
    t.equal((await edition.post(path, {password: 'short', repeated: 'short'})).status, 422, 'nor does a bad password')
    const answers = await Promise.all(
      Array.from({length: 8}, (_, n) =>
        edition.post(path, {password: `${password} ${n}`, repeated: `${password} ${n}`}),
      ),
    )
    t.same(answers.map(answer => answer.status).sort(), [303, 410, 410, 410, 410, 410, 410, 410])
    const winner = answers.findIndex(answer => answer.status === 303)
    const cookie = answers[winner]?.headers.get('set-cookie') ?? ''
    t.match(cookie, /^__Host-selfhelp=[A-Za-z0-9_-]{43}; Max-Age=28800; Path=\/; Secure; HttpOnly; SameSite=Lax$/)
    t.equal((await signIn(edition, 'many@acme.test', `${password} ${winner}`, from('198.51.100.1'))).status, 303)
    t.equal(
      (await signIn(edition, 'many@acme.test', `${password} ${(winner + 1) % 8}`, from('198.51.100.1'))).status,
      422,
    )
    t.equal((await edition.get(path)).status, 410)
  })

  t.test('lets in with the right password, shows what is to be seen, and out again', async t => {
    await withPassword(edition, 'jane@acme.test')
    const answer = await signIn(edition, 'JANE@acme.test ', password, from('198.51.100.2'))
    t.equal(answer.status, 303)
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    t.notMatch(cookie, /jane|acme/)
    const text = await (await edition.get('/', {cookie})).text()
    for (const shown of ['acme/production', 'jane@acme.test', 'many@acme.test', '0.1.0']) t.match(text, shown)
    const token = /name="token" value="([^"]*)"/.exec(text)?.[1] ?? ''
    t.equal((await edition.post('/sign-out', {token: 'forged'}, {cookie})).status, 403)
    t.equal((await edition.post('/sign-out', {token}, {cookie, origin: 'https://evil.example'})).status, 403)
    t.match(await (await edition.get('/', {cookie})).text(), 'jane@acme.test')
    t.match((await edition.post('/sign-out', {token}, {cookie})).headers.get('set-cookie'), /Max-Age=0/)
    t.notMatch(await (await edition.get('/', {cookie})).text(), 'jane@acme.test')
  })

  t.test('gives each sign-in a session of its own, and ends all when the password is set anew', async t => {
    const cookies = await Promise.all(
      [1, 2].map(
        async () =>
          (await signIn(edition, 'jane@acme.test', password, from('198.51.100.3'))).headers
            .get('set-cookie')
            ?.split(';')[0] ?? '',
      ),
    )
    t.not(cookies[0], cookies[1])
    const fixed = await signIn(edition, 'jane@acme.test', password, {
      ...from('198.51.100.3'),
      cookie: '__Host-selfhelp=chosen-by-others',
    })
    t.notMatch(fixed.headers.get('set-cookie'), 'chosen-by-others')
    await withPassword(edition, 'jane@acme.test')
    for (const cookie of cookies) t.notMatch(await (await edition.get('/', {cookie})).text(), 'jane@acme.test')
    const ids = JSON.stringify(await sql(database, 'select id_hash from operation.session'))
    t.notMatch(ids, cookies[0]?.split('=')[1] ?? '-')
  })

  t.test('says the same of an unknown address and of a wrong password', async t => {
    const shown = async (email: string) => {
      const answer = await signIn(edition, email, 'not it at all', from('198.51.100.4'))
      return [answer.status, (await answer.text()).replaceAll(email, '')]
    }
    t.same(await shown('nobody@acme.test'), await shown('jane@acme.test'))
  })

  t.test('limits tries, also those sent at once, and only for who tries', async t => {
    const tries = Array.from({length: 12}, () =>
      signIn(edition, 'jane@acme.test', 'a wrong guess', from('198.51.100.5')),
    )
    const statuses = (await Promise.all(tries)).map(answer => answer.status)
    t.equal(statuses.filter(status => status === 422).length, 5)
    const right = await signIn(edition, 'jane@acme.test', password, from('198.51.100.5'))
    t.equal(right.status, 429)
    t.ok(Number(right.headers.get('retry-after')) > 0)
    t.equal((await signIn(edition, 'jane@acme.test', password, from('198.51.100.6'))).status, 303, 'Jane herself')
    t.equal(
      (await signIn(edition, 'jane@acme.test', password, {'x-forwarded-for': '198.51.100.5, 198.51.100.7'})).status,
      303,
      'what the sender wrote before our proxy does not count',
    )
  })

  t.test('shows nothing typed as markup', async t => {
    const wrong = await signIn(edition, `${hostile}@x`, hostile, from('198.51.100.8'))
    t.notMatch(await wrong.text(), '<script')
    const {welcome} = await account(edition, {email: '"><script>@acme.test', role: 'test', name: hostile})
    t.notMatch(await (await edition.get(`/welcome/${welcome?.token}`)).text(), '<script')
    const cookie =
      (await signIn(edition, 'jane@acme.test', password, from('198.51.100.8'))).headers.get('set-cookie') ?? ''
    const text = await (await edition.get('/', {cookie: cookie.split(';')[0] ?? ''})).text()
    t.match(text, '&#34;&#62;&#60;script&#62;@acme.test')
    t.notMatch(text, '<script')
    t.equal((await edition.get(`/welcome/${encodeURIComponent(hostile)}`)).status, 404)
  })

  t.test('answers 404 on every address of the presentation', async t => {
    for (const path of ['/help/workstation', '/help/workstation/topic', '/thanks', '/internal/smoke']) {
      t.equal((await edition.get(path)).status, 404, path)
    }
    t.equal((await edition.post('/help/workstation/solved/feedback', {helpful: 'yes'})).status, 404)
  })

  t.test('logs no address, password or link', async t => {
    t.notMatch(edition.log(), /jane|horse|welcome\/|selfhelp=/)
  })
})

interface Made {
  readonly created: boolean
  readonly welcome?: {token: string; url: string}
}

async function account(edition: Running, wish: Record<string, unknown>): Promise<Made> {
  return JSON.parse((await edition.admin('POST', '/internal/accounts', wish)).text) as Made
}

async function withPassword(edition: Running, email: string): Promise<void> {
  const {welcome} = await account(edition, {email, role: 'administrator', renew: true})
  await edition.post(`/welcome/${welcome?.token}`, {password, repeated: password})
}

// biome-ignore lint/complexity/useMaxParams: a sign-in has three parts, and where it comes from
function signIn(edition: Running, email: string, word: string, headers: Record<string, string>): Promise<Response> {
  return edition.post('/sign-in', {email, password: word}, headers)
}
