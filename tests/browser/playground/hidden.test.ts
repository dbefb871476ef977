import { beforeEach, expect, test } from 'vitest'
import { PATIENCE, PlaygroundVisit, counted, forgetEverything } from '../../support/playground-visit.ts'

beforeEach(forgetEverything)

/** Chooses sessions whose tokens no script sees, and signs in. */
async function visitSignedIn(path: string): Promise<PlaygroundVisit> {
  const visit = await PlaygroundVisit.begin(path)
  await visit.press('radio', 'All tokens in HttpOnly cookies')
  await expect.poll(() => visit.sent('/auth/session/refresh'), PATIENCE).toMatchObject([{ status: 401 }])
  await visit.sees('Sign in')
  await visit.signIn()
  await visit.sees('all tokens in cookies', 'banner')
  return visit
}

test('a session whose tokens no script sees is renewed once for a hundred requests, and outlives a reload', async () => {
  const visit = await visitSignedIn('/dashboard')
  await visit.sees('no script sees it', 'region', 'Session')
  expect(await visit.evaluate('document.cookie')).toMatch(/^XSRF-TOKEN=[\w-]+$/)
  await visit.press('button', 'Expire every token')
  await visit.sees('Every access token is refused from now on.')

  const count = await counted(async () => {
    await visit.press('button', 'Send')
    await visit.sees('100 answered, 0 lost, 1 refresh', 'region', 'Make trouble')
  })
  await visit.act({ do: 'reload' })
  await visit.sees('Ada Lovelace', 'banner')

  expect(count).toMatchObject({ refreshes: 1, reuses: 0, served: 100 })
  expect((await visit.sent('/')).filter(({ token }) => token)).toEqual([])
})

test('a WebSocket and an EventSource come back with it when the server has closed them', async () => {
  const visit = await visitSignedIn('/live')
  await visit.sees('Connected 1 time', 'region', 'WebSocket')
  await visit.sees('Connected 1 time', 'region', 'EventSource')

  const count = await counted(async () => {
    await visit.press('button', 'Expire every token')
    await visit.sees('Connected 2 times', 'region', 'WebSocket')
    await visit.sees('Connected 2 times', 'region', 'EventSource')
  })

  expect(count.reuses).toBe(0)
  await visit.sees('Observatory', 'region', 'WebSocket')
  await visit.sees('Observatory', 'region', 'EventSource')
})
