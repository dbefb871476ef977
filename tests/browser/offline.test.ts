import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { commands } from 'vitest/browser'
import { type AuthBackend, httpBackend } from '../../src/index.ts'
import { outcomes, times } from '../support/outcomes.ts'
import { visitStrict } from '../support/strict-visit.ts'

const REFRESH = '/auth/refresh'
/** Nobody listens on the discard port; the browser reports a network error. */
const NOWHERE = 'http://127.0.0.1:9/auth/refresh'

beforeEach(() => {
  localStorage.clear()
})

/** Lets the browser say that there is no network. */
function sayOffline(): void {
  const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  onTestFinished(() => onLine.mockRestore())
}

/** Sends refreshes to a port that refuses every connection, until the answer is called: they are made, and never sent. */
function cutOff(): { backend: AuthBackend; attempts: () => number; reconnect: () => void } {
  const reachable = httpBackend({ logout: false }) // a logout would renew the dead token for itself
  const unreachable = httpBackend({ refresh: { url: NOWHERE } })
  let attempts = 0
  let current = unreachable
  const refresh: AuthBackend['refresh'] = (tokens, context) => {
    attempts++
    return current.refresh(tokens, context)
  }
  return {
    backend: { ...reachable, refresh },
    attempts: () => attempts,
    reconnect: () => (current = reachable),
  }
}

/** Counts the refreshes that have arrived since. */
async function countRefreshes(): Promise<() => Promise<number>> {
  const before = (await commands.strictArrivals(REFRESH)).length
  return async () => {
    // What was sent before this has arrived before it.
    await fetch('/strict/public')
    return (await commands.strictArrivals(REFRESH)).length - before
  }
}

describe('19. while the browser says that it is offline', () => {
  const dead = { expiresAt: Date.now() - 1 }

  test('it is not believed: one refresh is made at once, and serves them all', async () => {
    const { auth, store } = await visitStrict({}, dead)
    const refreshes = await countRefreshes()
    sayOffline()

    const { values, errors } = await outcomes(times(20, (index) => auth.http.get(`/items/${index}`)))

    expect(errors).toEqual([])
    expect(values).toHaveLength(20)
    expect(await refreshes()).toBe(1)
    expect(store.status).toBe('authenticated')
  })

  test('a refresh that is never sent is tried three times, the session is kept, and the next need a second later tries again', async () => {
    const { backend, attempts, reconnect } = cutOff()
    const { auth, store } = await visitStrict({ backend }, dead)
    const refreshes = await countRefreshes()
    sayOffline()

    const { errors } = await outcomes(times(3, (index) => auth.http.get(`/items/${index}`)))
    expect(errors).toEqual(Array(3).fill(expect.objectContaining({ code: 'ERR_AUTH_REFRESH' })))
    expect(attempts()).toBe(3)
    expect(await refreshes()).toBe(0)
    expect(store.status).toBe('authenticated')
    expect(localStorage.getItem('vue-auth-axios:authAxios')).toContain(store.tokens?.refreshToken)

    reconnect()
    await new Promise((resolve) => setTimeout(resolve, 1_100)) // the failure is shared for a second
    await auth.http.get('/items/1')
    expect(await refreshes()).toBe(1)
  })

  test('signing out between two attempts ends them', async () => {
    const { backend, attempts, reconnect } = cutOff()
    const { auth, store } = await visitStrict({ backend }, dead)
    const refreshes = await countRefreshes()
    sayOffline()
    const request = outcomes([auth.http.get('/items/1')])
    await expect.poll(attempts).toBe(1)

    const loggedOut = store.logout()

    expect((await request).errors).toMatchObject([{ code: 'ERR_AUTH_SESSION_CHANGED' }])
    await loggedOut
    reconnect()
    await new Promise((resolve) => setTimeout(resolve, 700)) // longer than the pause before a second attempt
    expect(attempts()).toBe(1)
    expect(await refreshes()).toBe(0)
  })
})
