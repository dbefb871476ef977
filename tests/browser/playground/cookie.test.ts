import { beforeEach, describe, expect, test } from 'vitest'
import { PATIENCE, PlaygroundVisit, counted, forgetEverything } from '../../support/playground-visit.ts'

beforeEach(forgetEverything)

const SERVER = 'The refresh token in an HttpOnly cookie'
const PAGE = 'Tokens in this page’s storage'
const REMEMBER = 'Remember me on this device'

/** Switches to sessions that the server keeps. */
async function visitServer(path = '/dashboard'): Promise<PlaygroundVisit> {
  const visit = await PlaygroundVisit.begin(path)
  await visit.press('radio', SERVER)
  await expect.poll(() => visit.sent('/auth/cookie/refresh'), PATIENCE).toMatchObject([{ status: 401 }])
  await visit.sees('Sign in')
  return visit
}

async function visitServerSignedIn(path = '/dashboard'): Promise<PlaygroundVisit> {
  const visit = await visitServer(path)
  await visit.signIn()
  await visit.sees('session in a cookie', 'banner')
  return visit
}

describe('a session that the server keeps', () => {
  test('begins like any other, and leads back to the page that asked for it', async () => {
    const visit = await visitServerSignedIn('/stations/3')

    await visit.isAt('/stations/3')
    await visit.sees('North Ridge')
    expect(await visit.sent('/auth/login')).toEqual([])
    expect(await visit.sent('/auth/cookie/login')).toHaveLength(1)
  })

  test('leaves no token where a script could find one', async () => {
    const visit = await visitServerSignedIn()
    await visit.sees('HttpOnly cookie', 'region', 'Session')
    await visit.sees('Harbour')
    const [{ token = '' } = {}] = await visit.sent('/items/')

    expect(token).not.toBe('')
    expect(await visit.stored()).not.toContain(token)
    expect(await visit.evaluate('localStorage.auth ?? sessionStorage.auth ?? null')).toBeNull()
    expect(await visit.evaluate('document.cookie')).not.toMatch(/session=/)
  })

  test('resumes silently after a reload, with one request', async () => {
    const visit = await visitServerSignedIn('/stations/7?unit=c')
    await visit.sees('Observatory')
    const before = (await visit.chronicle()).sent.length

    const count = await counted(async () => {
      await visit.act({ do: 'reload' })
      await visit.sees('Observatory')
      await visit.sees('Ada Lovelace', 'banner')
    })

    const [first, ...others] = (await visit.chronicle()).sent.slice(before)
    expect(first).toMatchObject({ method: 'POST', path: '/auth/cookie/refresh', status: 200 })
    expect(others.filter(({ path }) => path.startsWith('/auth/cookie'))).toEqual([])
    expect(count).toMatchObject({ logins: 0, refreshes: 1, reuses: 0 })
    await visit.isAt('/stations/7?unit=c')
  })

  test('resumes in another tab', async () => {
    await visitServerSignedIn()

    const other = await PlaygroundVisit.begin('/stations/1')

    await other.sees('Harbour')
    expect(await other.sent('/auth/cookie')).toMatchObject([{ path: '/auth/cookie/refresh', status: 200 }])
  })

  test('refreshes once for a hundred requests', async () => {
    const visit = await visitServerSignedIn()
    await visit.press('button', 'Expire every token')
    await visit.sees('Every access token is refused from now on.')

    await visit.press('button', 'Send')

    await visit.sees('100 answered, 0 lost, 1 refresh, 0 tokens used twice', 'region', 'Make trouble')
  })

  test('is over for good after signing out', async () => {
    const visit = await visitServerSignedIn('/stations/2')

    await visit.press('button', 'Sign out')
    await visit.isAt('/login')
    await expect.poll(() => visit.sent('/auth/cookie/logout'), PATIENCE).toMatchObject([{ status: 204 }])

    await visit.act({ do: 'go', path: '/dashboard' })
    await visit.isAt('/login?redirect=/dashboard')
    await visit.sees('Sign in')
  })
})

describe('a visitor without a session', () => {
  test('is asked to sign in, not told that a session has ended', async () => {
    const visit = await visitServer()
    const journey = await visit.followRouter()

    await visit.isAt('/login?redirect=/dashboard')

    expect(await visit.evaluate('document.body.textContent')).not.toContain('Your session has ended')
    expect(await journey()).toEqual([])
  })

  test('is known to have none from one request, however far they wander', async () => {
    const visit = await visitServer('/stations/3')

    await visit.press('link', 'About')
    await visit.press('link', 'To the dashboard')
    await visit.isAt('/login?redirect=/dashboard')

    expect(await visit.sent('/auth/cookie')).toMatchObject([{ path: '/auth/cookie/refresh', status: 401 }])
  })

  test('stays on a page that is for everyone', async () => {
    await visitServer()

    const visit = await PlaygroundVisit.begin('/about')

    await visit.sees('Sign in', 'banner')
    await visit.isAt('/about')
  })
})

describe('the switch', () => {
  test('is remembered, and keeps the way back', async () => {
    const visit = await visitServer('/stations/4')
    await visit.act({ do: 'reload' })
    await visit.sees('Sign in')
    expect(await visit.evaluate("document.querySelector('[name=keeper]:checked').value")).toBe('cookie')

    await visit.press('radio', PAGE)
    await visit.finds('checkbox', REMEMBER)
    await visit.signIn()

    await visit.isAt('/stations/4')
    await visit.sees('tokens in this page', 'banner')
    expect(await visit.sent('/auth/login')).toHaveLength(1)
  })

  test('takes the choice to be remembered away where only the server has it', async () => {
    const visit = await visitServer()

    await visit.misses('checkbox', REMEMBER)
  })
})
