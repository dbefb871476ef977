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

/** A page of the provider, without anything from elsewhere. */
export const pageOf = (title: string, content: string): string => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><link rel="icon" href="data:,"><title>${title}</title></head>
  <body style="font: 1rem/1.5 system-ui; max-width: 22rem; margin: 4rem auto">
    <h1>${title}</h1>
    ${content}
  </body>
</html>`

const field = (name: string, label: string, type = 'text') =>
  `<p><label>${label}<br><input name="${name}" type="${type}" required></label></p>`

/** The form to sign in with; a second factor is asked for where an application wants one. */
const loginPage = (isStrong: boolean, complaint = '') =>
  pageOf(
    'The provider',
    `<p role="alert">${complaint}</p>
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
