import { beforeEach, describe, expect, test } from 'vitest'
import { PATIENCE, PlaygroundVisit, counted, forgetEverything } from '../../support/playground-visit.ts'

beforeEach(forgetEverything)

describe('a wrong password', () => {
  test('is a message at the form, and nothing else', async () => {
    const visit = await PlaygroundVisit.begin('/login')
    const journey = await visit.followRouter()
    const blank = await visit.stored()
    await visit.fill('Name', 'ada')
    await visit.fill('Password', 'bob')

    const count = await counted(async () => {
      await visit.press('button', 'Sign in', 'Sign in')
      await visit.sees('Name and password do not match.', 'alert')
    })

    expect(await visit.chronicle()).toMatchObject({
      path: '/login',
      sent: [{ method: 'POST', path: '/auth/login', status: 401 }],
    })
    expect(count).toEqual({ logins: 0, refreshes: 0, reuses: 0, unauthorized: 0, served: 0 })
    expect(await journey()).toEqual([])
    expect(await visit.stored()).toBe(blank)
    expect(await visit.evaluate('document.activeElement.name')).toBe('password')
  })
})

describe('signing in', () => {
  test('leads back to the page that asked for it, with query and hash', async () => {
    const visit = await PlaygroundVisit.begin('/stations/3?unit=c#now')
    await visit.sees('Sign in')

    await visit.signIn()

    await visit.isAt('/stations/3?unit=c#now')
    await visit.sees('North Ridge')
  })

  test('leads to the dashboard where no page asked for it', async () => {
    const visit = await PlaygroundVisit.begin('/login')

    await visit.signIn()

    await visit.isAt('/dashboard')
    await visit.sees('Ada Lovelace', 'banner')
  })

  test.for(['//evil.example', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)'])(
    'never follows %s',
    async (redirect) => {
      const visit = await PlaygroundVisit.begin(`/login?redirect=${encodeURIComponent(redirect)}`)

      await visit.signIn()

      await visit.isAt('/dashboard')
      await visit.sees('Stations')
    },
  )

  test('never follows a path that the browser writes in another way: its page would have another one’s address', async () => {
    const visit = await PlaygroundVisit.begin('/login?redirect=/nowhere/../about')

    await visit.signIn()

    await visit.sees('Stations')
    await visit.isAt('/dashboard')
  })

  test('does not leave the sign-in page behind for the Back button', async () => {
    const visit = await PlaygroundVisit.begin('/about')
    await visit.press('link', 'Dashboard')
    await visit.isAt('/login?redirect=/dashboard')
    await visit.signIn()
    await visit.isAt('/dashboard')

    await visit.act({ do: 'back' })

    await visit.isAt('/about')
  })

  test('needs no mouse', async () => {
    const visit = await PlaygroundVisit.begin('/login')

    await tabTo(visit, "name === 'username'")
    await visit.act({ do: 'type', keys: ['Enter'] })
    await visit.isAt('/dashboard')
    await tabTo(visit, "textContent.trim() === 'Expire every token'")
    await visit.act({ do: 'type', keys: ['Enter'] })

    await visit.sees('Every access token is refused from now on.')
  })
})

describe('a session that is remembered', () => {
  test('goes on after a reload, without a word to the server about it', async () => {
    const visit = await PlaygroundVisit.begin('/stations/7')
    await visit.signIn()
    await visit.sees('Observatory')

    await visit.act({ do: 'reload' })
    await visit.sees('Observatory')

    await visit.isAt('/stations/7')
    expect(await visit.sent('/auth/login')).toHaveLength(1)
    expect(await visit.sent('/auth/refresh')).toEqual([])
  })

  test('is there in another tab too', async () => {
    const visit = await PlaygroundVisit.begin('/dashboard')
    await visit.signIn()
    await visit.sees('localStorage', 'region', 'Session')

    const other = await PlaygroundVisit.begin('/stations/1')

    await other.sees('Harbour')
    expect(await other.sent('/auth/login')).toEqual([])
  })
})

describe('a session that is not to be remembered', () => {
  test('goes on after a reload, and not beyond its tab', async () => {
    const visit = await PlaygroundVisit.begin('/login')
    await visit.press('checkbox', 'Remember me on this device')
    await visit.signIn()
    await visit.sees('sessionStorage', 'region', 'Session')

    await visit.act({ do: 'reload' })
    await visit.sees('sessionStorage', 'region', 'Session')
    expect(await visit.sent('/auth/login')).toHaveLength(1)

    const other = await PlaygroundVisit.begin('/stations/1')
    await other.isAt('/login?redirect=/stations/1')
  })
})

describe('signing out', () => {
  test('lands on the sign-in page, and leaves no session behind, here or on the server', async () => {
    const visit = await PlaygroundVisit.begin('/stations/2')
    await visit.signIn()
    await visit.sees('Lighthouse')
    const [token] = (await visit.sent('/items/')).map((sent) => sent.token)

    await visit.press('button', 'Sign out')
    await visit.sees('Sign in')

    await visit.isAt('/login')
    await visit.misses('button', 'Sign out')
    await expect.poll(() => visit.sent('/auth/logout'), PATIENCE).toMatchObject([{ status: 204, token }])
    expect(await visit.stored()).not.toContain(token)
    const answer = await fetch('/api/items/2', { headers: { Authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(401)
  })

  test('keeps a visitor where everyone may be', async () => {
    const visit = await PlaygroundVisit.begin('/login')
    await visit.signIn()
    await visit.isAt('/dashboard')
    await visit.press('link', 'About')

    await visit.press('button', 'Sign out')
    await visit.misses('button', 'Sign out')

    await visit.isAt('/about')
  })
})

/** Presses Tab until the element in focus is the one, as few times as that may take a visitor. */
async function tabTo(visit: PlaygroundVisit, condition: string): Promise<void> {
  for (let presses = 0; presses < 20; presses++) {
    await visit.act({ do: 'type', keys: ['Tab'] })
    if (await visit.evaluate(`(({ name, textContent }) => ${condition})(document.activeElement)`)) return
  }
  throw new Error(`Twenty tabs led to no element whose ${condition}.`)
}
