import t from 'tap'
import {sql, startPostgres, withoutDatabase} from './support/database.ts'
import {type Running, startRuntime, urls} from './support/runtime.ts'

const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>'

// A busy machine starts a process in a second.
t.setTimeout(120_000)

t.test('the presentation', {skip: withoutDatabase}, async t => {
  const database = await (await startPostgres(t))()
  const portal = await startRuntime(t, {role: 'presentation', database})

  t.test('answers on its home page with strict headers and no cookie', async t => {
    const home = await portal.get('/')
    t.equal(home.status, 200)
    t.match(home.headers.get('content-security-policy'), /default-src 'none'.*object-src 'none'/)
    t.match(home.headers.get('content-security-policy'), /frame-ancestors 'none'/)
    t.equal(home.headers.get('x-content-type-options'), 'nosniff')
    t.equal(home.headers.get('set-cookie'), null)
    const text = await home.text()
    t.match(text, '<html lang="fr">')
    t.match(text, 'ACME &#60;b&#62;&#38;&#60;/b&#62; Söhne')
    t.notMatch(text, /<script|style=|onclick/)
  })

  t.test('leads from Start to an End by pressing what is shown, without a cookie', async t => {
    const seen: string[] = []
    let path = hrefs(await body(portal, '/'), /\/help\/[a-z]+$/)[0] ?? ''
    for (let steps = 0; steps < 12; steps++) {
      const text = await body(portal, path)
      seen.push(/<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? '')
      if (text.includes('class="helpful"')) break
      path = await pressed(portal, text)
    }
    t.match(seen, ['Un souci avec votre poste de travail', 'Qu’est-ce qui ne va pas\u00a0?', 'Que dit l’écran\u00a0?'])
    t.equal(seen.at(-1), 'C’est réglé')
  })

  t.test('reaches each End, and each page names it in both languages', async t => {
    const ends = new Set<string>()
    const walked = async (path: string): Promise<void> => {
      const text = await body(portal, path)
      const english = hrefs(text, /^\/en\//)[0] ?? ''
      t.match(await body(portal, english), '<html lang="en">')
      if (text.includes('class="helpful"')) return void ends.add(path.split('?')[0] ?? '')
      for (const next of await choices(portal, text)) await walked(next)
    }
    await walked('/help/workstation')
    t.equal(ends.size, 9)
  })

  t.test('goes back with the answers kept, and starts again without them', async t => {
    const path = '/help/workstation/sign-in-keyboard?topic=sign-in&sign-in-message=wrong'
    const text = await body(portal, path)
    const back = await body(portal, hrefs(text, /sign-in-message\?/)[0] ?? '')
    t.match(back, /value="wrong" id="choice-0" checked/)
    t.match(back, '<input type="hidden" name="topic" value="sign-in">')
    t.match(hrefs(text, /^\/help\/workstation$/), [/./])
  })

  t.test('asks again when nothing was chosen, and says so where a screen reader hears it', async t => {
    const none = await portal.get('/help/workstation/topic/next')
    t.equal(none.status, 422)
    const text = await none.text()
    t.match(text, /<title>Erreur\u00a0: /)
    t.match(text, /role="alert"/)
  })

  t.test('an address out of its order leads to the first question without an answer', async t => {
    for (const path of ['/help/workstation/solved', '/help/workstation/solved?topic=nonsense']) {
      const answer = await portal.get(path)
      t.same([answer.status, answer.headers.get('location')], [303, '/help/workstation/topic'])
    }
  })

  t.test('nothing typed into an address comes back as markup or as a way out', async t => {
    const bad = encodeURIComponent(hostile)
    const paths = [
      `/${bad}`,
      `/help/${bad}`,
      `/help/workstation/${bad}`,
      `/help/workstation/topic?topic=${bad}&${bad}=${bad}`,
      `/help/workstation/topic/next?topic=${bad}&${bad}=1`,
      `/?${bad}=${bad}`,
      '//evil.example/%2f..',
      '/fr//evil.example/x',
      '/en//evil.example/x',
      '/help/workstation/constructor',
      '/help/__proto__',
    ]
    for (const path of paths) {
      const answer = await portal.get(path)
      t.ok([200, 303, 404, 422].includes(answer.status), `${path} ${answer.status}`)
      const text = await answer.text()
      t.notMatch(text, /<script|<img src=x/)
      t.notMatch(`${text} ${answer.headers.get('location')}`, /(href="|^|\s)(https?:)?\/\/(?!www\.w3)/)
      t.notMatch(answer.headers.get('location') ?? '', 'evil')
    }
    for (const path of ['/%', '/%zz', '/help/%ff']) t.equal((await portal.get(path)).status, 400)
  })

  t.test('keeps an opinion, without anything personal, and only from its own page', async t => {
    const form = {topic: 'slow', 'slow-since': 'longer', helpful: 'no', email: 'jane@acme.test', [hostile]: hostile}
    const path = '/help/workstation/call-support/feedback'
    t.equal((await portal.post(path, form, {origin: 'https://evil.example'})).status, 403)
    t.equal((await portal.post(path, form, {origin: 'null'})).status, 403)
    const own = await portal.post(path, {...form, helpful: hostile}, {origin: 'https://help.acme.example'})
    t.equal(own.status, 422, "read when it comes from the customer's own name")
    t.equal((await fetch(portal.url + path, {method: 'POST', body: new URLSearchParams(form)})).status, 403)
    t.equal((await portal.post(path, {...form, helpful: hostile})).status, 422)
    t.equal((await portal.post(path, {helpful: 'no'})).status, 422, 'an End nobody was led to')
    const kept = await portal.post(path, form)
    t.same([kept.status, kept.headers.get('location')], [303, '/thanks'])
    t.match(await sql(database, 'select procedure, step, helpful, answers from content.feedback'), [
      {
        procedure: 'workstation',
        step: 'call-support',
        helpful: false,
        answers: {topic: 'slow', 'slow-since': 'longer'},
      },
    ])
    t.notMatch(JSON.stringify(await sql(database, 'select * from content.feedback')), /jane|script/)
  })

  t.test('refuses what is too much', async t => {
    t.equal((await portal.get(`/?${'x'.repeat(20_000)}`)).status, 431)
    const big = await portal
      .post('/help/workstation/call-support/feedback', {x: 'x'.repeat(70_000)})
      .catch(() => undefined)
    t.ok(big === undefined || big.status === 413)
    t.equal((await fetch(`${portal.url}/`, {method: 'DELETE', headers: {origin: urls.presentation}})).status, 405)
    const many = await Promise.all(
      Array.from({length: 30}, () =>
        portal.post('/help/workstation/call-support/feedback', {topic: 'slow', 'slow-since': 'longer', helpful: 'yes'}),
      ),
    )
    t.ok(many.some(answer => answer.status === 429))
  })

  t.test('answers 404 on every address of the edition', async t => {
    for (const path of [
      '/sign-in',
      '/sign-out',
      `/welcome/${'a'.repeat(43)}`,
      '/internal/digest',
      '/internal/accounts',
    ]) {
      t.equal((await portal.get(path)).status, 404, path)
      t.equal((await portal.post(path, {})).status, 404, `POST ${path}`)
    }
  })

  t.test('logs routes, never what was typed', async t => {
    t.notMatch(portal.log(), /script|jane|evil/)
    for (const line of portal.log().trim().split('\n')) t.ok(JSON.parse(line))
  })
})

async function body(portal: Running, path: string): Promise<string> {
  return await (await portal.get(path)).text()
}

function hrefs(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(/href="([^"]*)"/g)].map(found => plain(found[1] ?? '')).filter(href => pattern.test(href))
}

// What a person would press to go on: the first choice and Continue, or the button.
async function pressed(portal: Running, text: string): Promise<string> {
  return (await choices(portal, text))[0] ?? ''
}

async function choices(portal: Running, text: string): Promise<string[]> {
  const button = /<a class="button" href="([^"]*)"/.exec(text)?.[1]
  const action = /method="get" action="([^"]*)"/.exec(text)?.[1]
  if (!action) return button ? [plain(button)] : []
  const hidden = [...text.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value,
  ])
  const radios = [...text.matchAll(/type="radio" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value,
  ])
  const all: string[] = []
  for (const radio of radios) {
    const answer = await portal.get(`${action}?${new URLSearchParams([...hidden, radio] as [string, string][])}`)
    all.push(answer.headers.get('location') ?? '')
  }
  return all
}

function plain(href: string): string {
  return href.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}
