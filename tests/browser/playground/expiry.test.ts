import { beforeEach, describe, expect, test } from 'vitest'
import { PlaygroundVisit, counted, forgetEverything } from '../../support/playground-visit.ts'
import { followRefusals } from './refusals.ts'

beforeEach(forgetEverything)

/** Signs in, and lets every access token die behind the back of the page. */
async function visitWithDeadToken(path = '/dashboard'): Promise<PlaygroundVisit> {
  const visit = await PlaygroundVisit.begin(path)
  await visit.signIn()
  await visit.press('button', 'Expire every token')
  await visit.sees('Every access token is refused from now on.')
  return visit
}

/** Sends a hundred requests and waits for what the page says of them. */
async function send(visit: PlaygroundVisit, result: string): Promise<void> {
  await visit.press('button', 'Send')
  await visit.sees(result, 'region', 'Make trouble')
}

describe('a hundred requests with an access token that has just expired', () => {
  test('cost one refresh, and all are answered', async () => {
    const visit = await visitWithDeadToken()

    const count = await counted(() => send(visit, '100 answered, 0 lost, 1 refresh, 0 tokens used twice'))

    expect(count).toEqual({ logins: 0, refreshes: 1, reuses: 0, unauthorized: 100, served: 100 })
  })

  test('cost one refresh as well where their answers come spread over time', async () => {
    const visit = await visitWithDeadToken()
    await visit.press('checkbox', 'answers spread over 200 ms')

    const count = await counted(() => send(visit, '100 answered, 0 lost, 1 refresh, 0 tokens used twice'))

    expect(count).toMatchObject({ refreshes: 1, reuses: 0, served: 100 })
  })

  test('are all answered where the refresh is turned away with 503 once', async () => {
    const visit = await visitWithDeadToken()
    await visit.press('radio', 'answers 503')

    const count = await counted(() => send(visit, '100 answered, 0 lost, 2 refreshes, 0 tokens used twice'))

    expect(count).toMatchObject({ refreshes: 2, reuses: 0, served: 100 })
  })
})

describe('a hundred requests whose refresh is refused', () => {
  const FROM = '/dashboard?view=all#stations'

  test('are rejected one by one, lead to the sign-in page once, and back after signing in', async () => {
    const visit = await visitWithDeadToken(FROM)
    await visit.press('radio', 'is refused')
    const refusals = await followRefusals(visit)
    const journey = await visit.followRouter()
    const entries = await visit.evaluate('history.length')

    const count = await counted(async () => {
      await visit.press('button', 'Send')
      await visit.sees('Your session has ended.')
    })
    const [login = ''] = await journey()
    await visit.isAt(login)

    expect(login).toMatch(/^\/login\?redirect=/)
    expect(await journey()).toEqual([login])
    expect(await visit.evaluate('history.length'), 'the entry is replaced').toBe(entries)
    expect(count).toMatchObject({ refreshes: 1, reuses: 0, unauthorized: 100, served: 0 })

    await visit.signIn()
    await visit.isAt(FROM)
    await visit.sees('0 answered, 100 lost, 1 refresh, 0 tokens used twice', 'region', 'Make trouble')
    await visit.sees('100 × ERR_AUTH_EXPIRED', 'region', 'Make trouble')
    expect(await journey()).toEqual([login, FROM])
    expect(await refusals(), 'explained once').toHaveLength(1)
  })

  test('have one 401 each, and none is sent again', async () => {
    const visit = await visitWithDeadToken()
    await visit.press('radio', 'is refused')
    const refusals = await followRefusals(visit)
    const before = (await visit.sent('/items/')).length

    await visit.press('button', 'Send')
    await visit.sees('Your session has ended.')
    await visit.signIn()
    await visit.sees('0 answered, 100 lost', 'region', 'Make trouble')

    const refused = (await visit.sent('/items/')).slice(before).filter(({ status }) => status === 401)
    expect(new Set(refused.map(({ path }) => path)).size).toBe(100)
    expect(refused).toHaveLength(100)
    expect(await refusals(), 'explained once').toHaveLength(1)
  })
})
