import { beforeEach, describe, expect, test, vi } from 'vitest'
import { commands } from 'vitest/browser'
import { outcomes, times } from '../support/outcomes.ts'
import { visitStrict } from '../support/strict-visit.ts'

const REFRESH = '/auth/refresh'

beforeEach(() => {
  localStorage.clear()
})

/** Lets the browser say that there is no network, until the answer is called. */
function goOffline(): () => void {
  const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  return () => {
    onLine.mockRestore()
    dispatchEvent(new Event('online'))
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

describe('19. while the browser is offline', () => {
  const dead = { expiresAt: Date.now() - 1 }

  test('a refresh waits for the network: the session is kept, then one refresh serves them all', async () => {
    const { auth, store } = await visitStrict({}, dead)
    const refreshes = await countRefreshes()
    const goOnline = goOffline()

    const requests = outcomes(times(20, (index) => auth.http.get(`/items/${index}`)))
    await expect.poll(() => store.isRefreshing).toBe(true)

    expect(await refreshes()).toBe(0)
    expect(store.status).toBe('authenticated')
    expect(localStorage.getItem('vue-auth-axios:authAxios')).toContain(store.tokens?.refreshToken)
    goOnline()
    const { values, errors } = await requests
    expect(errors).toEqual([])
    expect(values).toHaveLength(20)
    expect(await refreshes()).toBe(1)
  })

  test('requests fail when that takes too long, and the first one after it refreshes', async () => {
    const { auth, store } = await visitStrict({ refreshTimeout: 100 }, dead)
    const refreshes = await countRefreshes()
    const goOnline = goOffline()

    const { errors } = await outcomes(times(3, (index) => auth.http.get(`/items/${index}`)))
    expect(errors).toEqual(Array(3).fill(expect.objectContaining({ code: 'ERR_AUTH_REFRESH' })))
    expect(store.status).toBe('authenticated')
    expect(await refreshes()).toBe(0)

    goOnline()
    await auth.http.get('/items/1')
    expect(await refreshes()).toBe(1)
  })

  test('signing out ends the wait', async () => {
    const { auth, store } = await visitStrict({}, dead)
    const refreshes = await countRefreshes()
    const goOnline = goOffline()
    const request = outcomes([auth.http.get('/items/1')])
    await expect.poll(() => store.isRefreshing).toBe(true)

    void store.logout()

    expect((await request).errors).toMatchObject([{ code: 'ERR_AUTH_SESSION_CHANGED' }])
    goOnline()
    expect(await refreshes()).toBe(0)
  })
})
