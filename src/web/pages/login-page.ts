import { html } from '../html.ts'
import type { Texts } from '../texts.ts'
import { layout } from './layout.ts'

export function loginPage(texts: Texts, failed = false): string {
  return layout({
    texts,
    title: texts.loginTitle,
    body: html`<main class="card">
<p class="brand">${texts.product}</p>
<h1>${texts.loginTitle}</h1>
<p class="quiet">${texts.loginLead}</p>
${failed ? html`<p class="problem" role="alert">${texts.wrongPassword}</p>` : ''}
<form method="post" action="/login">
<label for="user">${texts.user}</label>
<input id="user" name="user" value="admin" autocomplete="username" autocapitalize="none" required>
<label for="password">${texts.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button>${texts.logIn}</button>
</form>
</main>`,
  })
}
