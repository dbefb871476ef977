import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import { STRONG } from './provider-levels.ts'

/** Who can sign in; the passwords are their names. */
const PEOPLE = new Map([
  ['ada', { name: 'Ada Lovelace', role: 'admin' }],
  ['bob', { name: 'Bob Kahn', role: 'member' }],
])

/** What the provider tells of somebody. */
export const claimsOf = (id: string): object => ({ sub: id, username: id, ...PEOPLE.get(id) })

/** It looks like another site than the app, for it is one. */
const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif;
    background: light-dark(#f3efe7, #1b1813); color: light-dark(#221d14, #f1ebe0) }
  main { max-width: 22rem; margin: 10vh auto; padding: 1.5rem; border-radius: 0.25rem;
    background: light-dark(#fff, #26221b); border-top: 0.375rem solid light-dark(#8a5a00, #e0ae4a) }
  h1 { margin: 0; font-size: 1.5rem }
  input, button { box-sizing: border-box; padding: 0.5rem 0.75rem; font: inherit }
  input { width: 100% }
  [role=alert] { color: light-dark(#a4262c, #ff9b92) }
`

/** A page of the provider, without anything from elsewhere. */
export const pageOf = (title: string, content: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <title>${title}</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      ${content}
    </main>
  </body>
</html>`

const field = (name: string, label: string, type = 'text') =>
  `<p><label>${label}<br><input name="${name}" type="${type}" required></label></p>`

/** The form to sign in with; a second factor is asked for where an application wants one. */
const loginPage = (isStrong: boolean, complaint = '') =>
  pageOf(
    'The provider',
    `<p>This page stands for a site of its own, such as Keycloak or Auth0.</p>
    <p role="alert">${complaint}</p>
    <form method="post">
      ${field('username', 'Name (ada or bob)')}
      ${field('password', 'Password (the same)', 'password')}
      ${isStrong ? field('code', 'One-time code (000000)') : ''}
      <button name="do" value="sign-in">Sign in</button>
      <button name="do" value="decline" formnovalidate>Decline</button>
    </form>`,
  )

/** Shows who somebody is to the provider: its sign-in page, and what it is sent. */
export async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response)
  const isStrong = String(params['acr_values']).includes(STRONG)
  const answer = (html: string) => void response.setHeader('Content-Type', 'text/html').end(html)
  if (request.method !== 'POST') return answer(loginPage(isStrong))

  const form = new URLSearchParams(await textOf(request))
  const finish = (result: object) =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  if (form.get('do') === 'decline') {
    return finish({ error: 'access_denied', error_description: 'They <b>declined</b>.' })
  }
  const accountId = form.get('username') ?? ''
  const isKnown = PEOPLE.has(accountId) && form.get('password') === accountId
  if (!isKnown || (isStrong && form.get('code') !== '000000')) {
    return answer(loginPage(isStrong, 'That is not right.'))
  }
  return finish({ login: { accountId, ...(isStrong && { acr: STRONG }) } })
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
