import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { PlaygroundVisit, counted, forgetEverything } from '../../support/playground-visit.ts'

beforeEach(forgetEverything)

const PAGE = 'The page'

/** Opens the page whose tokens its back end keeps, signed in; another test finds nobody signed in. */
async function visitSignedIn(): Promise<PlaygroundVisit> {
  onTestFinished(async () => {
    const token = /BFF-XSRF-TOKEN=([\w-]+)/.exec(document.cookie)?.[1] ?? ''
    await fetch('/bff/api/auth/logout', { method: 'POST', headers: { 'x-xsrf-token': token } })
  })
  const visit = await PlaygroundVisit.begin('/back-end')
  await visit.signIn('ada', PAGE)
  await visit.sees('Ada Lovelace, admin', 'region', PAGE)
  return visit
}

async function send(visit: PlaygroundVisit): Promise<void> {
  await visit.press('button', 'Send 20', PAGE)
  await visit.sees('20 answered, 0 failed.', 'region', PAGE)
}

test('a page whose back end keeps the tokens has none, and its requests are answered', async () => {
  const visit = await visitSignedIn()

  await send(visit)

  await visit.sees('Access token\nnone', 'region', PAGE)
  expect(await visit.evaluate('document.cookie')).toMatch(/^BFF-XSRF-TOKEN=[\w-]{22}$/)
  expect(await visit.stored()).not.toMatch(/eyJ|token"/)
})

test('the back end refreshes once for what comes together, unnoticed by the page', async () => {
  const visit = await visitSignedIn()
  await visit.press('button', 'Expire every token')
  await visit.sees('Every access token is refused from now on.')

  expect(await counted(() => send(visit))).toMatchObject({ refreshes: 1, reuses: 0, served: 20 })
  await visit.sees('Refreshes here\n0', 'region', PAGE)
})

test('what another site could make a browser send is turned away', async () => {
  const visit = await visitSignedIn()

  await visit.press('button', 'Send as another site would')

  await visit.sees('Without the header: 403.')
})

test('a reload goes on with the session, and a logout ends it for good', async () => {
  const visit = await visitSignedIn()

  await visit.act({ do: 'reload' })
  await visit.sees('Ada Lovelace, admin', 'region', PAGE)
  await visit.press('button', 'Sign out', PAGE)
  await visit.sees('anonymous', 'region', PAGE)
  await visit.act({ do: 'reload' })

  await visit.sees('anonymous', 'region', PAGE)
  expect(await visit.evaluate('document.cookie')).toBe('')
})
