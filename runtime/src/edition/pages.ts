import {type Html, html} from '../web/html.ts'
import {at, layout, type Scene} from '../web/layout.ts'
import {type Words, words} from '../web/words.ts'
import type {Account} from './accounts.ts'

/** The sign-in form; `email` is what was typed before. */
export function signInPage(scene: Scene, problem?: keyof Words, email = ''): Html {
  const w = words[scene.locale]
  return layout(
    scene,
    `${problem ? `${w.errorPrefix} ` : ''}${w.signIn}`,
    html`<form class="card narrow" method="post" action="${at(scene, '/sign-in')}">
<h1>${w.signIn}</h1><p>${w.signInIntro}</p>
${problem && told(scene, problem, 'email')}
<label class="field" for="email">${w.email}<input id="email" name="email" type="email" autocomplete="username" required maxlength="254" value="${email}"></label>
<label class="field" for="password">${w.password}<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="256"></label>
<p class="actions"><button class="button">${w.signInButton}</button></p>
</form>`,
  )
}

/** Where the holder of a one-time link chooses a password. */
export function welcomePage(scene: Scene, {token, email}: {token: string; email: string}, problem?: keyof Words): Html {
  const w = words[scene.locale]
  return layout(
    scene,
    `${problem ? `${w.errorPrefix} ` : ''}${w.welcomeTitle}`,
    html`<form class="card narrow" method="post" action="${at(scene, `/welcome/${token}`)}">
<h1>${w.welcomeTitle}</h1><p>${w.welcomeIntro}</p>
${problem && told(scene, problem, 'password')}
<label class="field" for="email">${w.email}<input id="email" type="email" autocomplete="username" readonly value="${email}"></label>
<label class="field" for="password">${w.newPassword}<small>${w.newPasswordHint}</small><input id="password" name="password" type="password" autocomplete="new-password" required minlength="12" maxlength="256"></label>
<label class="field" for="repeated">${w.repeatPassword}<input id="repeated" name="repeated" type="password" autocomplete="new-password" required minlength="12" maxlength="256"></label>
<p class="actions"><button class="button">${w.setPassword}</button></p>
</form>`,
  )
}

/** What somebody signed in sees: which environment, which version, who has an account. */
export function overviewPage(scene: Scene, accounts: readonly Account[]): Html {
  const w = words[scene.locale]
  return layout(
    scene,
    w.overview,
    html`<section class="card"><h1>${w.overview}</h1>
<dl class="facts">
<div><dt>${w.environment}</dt><dd>${scene.config.environment}</dd></div>
<div><dt>${w.version}</dt><dd>${scene.release.version}</dd></div>
<div><dt>${w.schema}</dt><dd>${scene.release.schemaLevel}</dd></div>
</dl>
<h2>${w.accounts}</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">${w.email}</th><th scope="col">${w.role}</th><th scope="col">${w.state}</th></tr></thead>
<tbody>${accounts.map(account => accountRow(scene, account))}
</tbody></table></div></section>`,
  )
}

function accountRow(scene: Scene, account: Account): Html {
  const w = words[scene.locale]
  const role = {administrator: w.roleAdministrator, author: w.roleAuthor, test: w.roleTest}[account.role]
  return html`
<tr><td>${account.email}${account.email === scene.person?.email && html` <span class="tag">${w.you}</span>`}</td><td>${role}</td><td>${account.active ? w.active : w.invited}</td></tr>`
}

function told(scene: Scene, problem: keyof Words, field: string): Html {
  return html`<div class="problem" role="alert"><a href="#${field}">${words[scene.locale][problem]}</a></div>`
}
