import { describe, expect, it, vi } from 'vitest'
import { effect, nextTick, watch } from 'vue'
import { type ManualApp, firstPair, manualApp, nextPair, signedInApp } from '../../support/manual-app.ts'
import { MemoryStorage } from '../../support/memory-storage.ts'
import { ada } from '../../support/people.ts'
import { turns } from '../../support/turns.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'

describe('the status', () => {
  it('goes from pending to anonymous, to authenticated and back', async () => {
    const app = manualApp({ backend: { logout: async () => {} } })
    const seen: string[] = [app.store.status]
    watch(
      () => app.store.status,
      (status) => void seen.push(status),
      { flush: 'sync' },
    )

    await app.store.ready()
    await app.store.setTokens(firstPair)
    await app.store.logout()
    await app.store.setTokens(nextPair)
    app.backend.refresh = async () => null
    await app.store.refresh().catch(() => {})
    await app.store.setTokens(firstPair)

    expect(seen).toEqual([
      'pending',
      'anonymous',
      'authenticated',
      'anonymous',
      'authenticated',
      'expired',
      'authenticated',
    ])
  })

  it('is ready as soon as somebody signs in, whatever the storage does', async () => {
    const storage = new MemoryStorage()
    storage.before = (operation) => (operation === 'getItem' ? new Promise<never>(() => {}) : undefined)
    const app = manualApp({ storage })

    await app.store.setTokens(firstPair)
    await app.store.ready()

    expect(app.store.status).toBe('authenticated')
  })

  it('never shows a session without its tokens, nor a user without his session', async () => {
    const app = manualApp({
      backend: { user: async () => ada, logout: async () => {}, login: async () => firstPair },
    })
    await app.store.ready()
    const seen: unknown[] = []
    watch(
      () => [app.store.status, app.store.user],
      () => void seen.push([app.store.status, app.store.accessToken, app.store.user]),
    )

    await app.store.login({})
    await nextTick()
    await app.store.logout()
    await nextTick()

    expect(seen).toEqual([
      ['authenticated', 'AT1', ada],
      ['anonymous', null, null],
    ])
  })
})

describe('the event of the end of a session', () => {
  it('comes once for each session that ends, with the reason', async () => {
    const app = await signedInApp({ backend: { logout: async () => {} } })
    await app.store.logout()
    await app.store.setTokens(nextPair)
    app.backend.refresh = async () => null
    await app.store.refresh().catch(() => {})

    expect(app.ends).toEqual(['logout', 'expired'])
  })

  it('does not come where a login replaces a session', async () => {
    const app = await signedInApp({ backend: { login: async () => nextPair } })

    await app.store.login({})
    await app.store.setTokens(firstPair)

    expect(app.ends).toEqual([])
  })

  it('does not come where the application is unmounted, and the session is still stored', async () => {
    const app = await signedInApp()

    app.app.unmount()
    await turns(50)

    expect(app.ends).toEqual([])
    expect(app.stored()).toBe('RT1')
  })

  it('may throw where a session expires: whoever waited hears of the session, the application of its error', async () => {
    const app = await signedInApp({
      backend: { refresh: async () => null },
      onSessionEnd: () => {
        throw new Error('boom')
      },
    })

    await expect(app.store.refresh()).rejects.toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(app.store.status).toBe('expired')
    expect(app.errors).toEqual([new Error('boom')])
  })
})

describe('a subscriber of the application that throws', () => {
  const boom = () => {
    throw new Error('boom')
  }

  /** Throws at each change of a value, but not at first. */
  const throwAtChanges = (read: () => unknown) => {
    let isFirst = true
    effect(() => {
      read()
      if (!isFirst) boom()
      isFirst = false
    })
  }

  const steps: Array<[string, (app: ManualApp) => Promise<unknown>, string]> = [
    ['the first look at the storage', async ({ store }) => store.ready(), 'anonymous'],
    ['tokens that are handed over', async ({ store }) => store.setTokens(firstPair), 'authenticated'],
    ['a login', async ({ store }) => store.login({}), 'authenticated'],
    ['a logout', async ({ store }) => store.setTokens(firstPair).then(() => store.logout()), 'anonymous'],
  ]

  it.each(steps)('does not leave the store half changed: %s', async (_, step, status) => {
    const storage = new MemoryStorage()
    const gate = Promise.withResolvers<void>()
    storage.before = () => gate.promise
    const app = manualApp({ storage, backend: { login: async () => firstPair, logout: async () => {} } })
    throwAtChanges(() => app.store.accessToken)
    throwAtChanges(() => app.store.status)
    throwAtChanges(() => app.store.user)

    const settled = vi.fn<() => void>()
    const unhandled = await unhandledRejections(async () => {
      gate.resolve()
      void step(app).then(settled, settled)
      await turns(100)
    })

    expect(unhandled).toEqual([])
    expect(settled).toHaveBeenCalledOnce()
    expect(app.store.status).toBe(status)
    expect(app.store.accessToken === null).toBe(status === 'anonymous')
    expect(app.stored()).toBe(status === 'anonymous' ? undefined : 'RT1')
  })
})

describe('after the application is unmounted', () => {
  it('the store of it is empty, and nothing happens any more', async () => {
    const app = await signedInApp()
    const refreshed = app.store.refresh().catch((error: unknown) => error)
    await turns(20)

    app.app.unmount()
    app.refreshes[0]?.answer(nextPair)
    await turns(50)

    expect(await refreshed).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(app.store).toMatchObject({ status: 'anonymous', accessToken: null })
    expect(app.stored()).toBe('RT1')
  })
})
