import { createPinia } from 'pinia'
import { describe, expect, it, vi } from 'vitest'
import { firstStanding } from '../../../src/standing.ts'
import { createAuthStore } from '../../../src/store/auth-store.ts'
import type { AuthContext } from '../../../src/session/context.ts'
import type { Identity } from '../../../src/session/identity.ts'
import { createLifecycle } from '../../../src/session/lifecycle.ts'
import { Session } from '../../../src/session/session.ts'
import { emptyApp } from '../../support/empty-app.ts'
import { firstPair, signedInApp } from '../../support/manual-app.ts'
import { failure } from '../../support/outcomes.ts'
import { ada } from '../../support/people.ts'
import { turns } from '../../support/turns.ts'

/** The store of a page that a server has rendered for a user. */
function renderedStore() {
  const pinia = createPinia()
  pinia.state.value.auth = { status: 'authenticated', user: ada }
  emptyApp().use(pinia)
  const lifecycle = createLifecycle({ isHydrating: true, report: () => {} } as unknown as AuthContext)
  const now = vi.fn(async () => ({ accessToken: 'AT2' }))
  const action = vi.fn(async () => {})
  const store = createAuthStore(
    {
      id: 'auth',
      lifecycle,
      refresh: { now },
      signIn: { login: action, setTokens: action },
      signOut: { logout: action },
      users: { fetchUser: action },
    } as unknown as Identity,
    pinia,
  )
  const find = () =>
    lifecycle.restore(
      Session.start({ accessToken: 'AT1' }, { remember: true, leeway: 30, ...firstStanding(1) }),
    )
  return { store, lifecycle, now, find }
}

describe('the store of a page that a server has rendered', () => {
  it('shows what was rendered of the user, and nothing of a session, until the page is mounted', () => {
    const { store, find } = renderedStore()
    find()

    expect(store.$state).toEqual({ status: 'pending', user: ada })
    expect(store.isAuthenticated).toBe(false)
  })

  it('shows how things are to whoever asks for it, even before that', async () => {
    const { store, find } = renderedStore()
    const ready = store.ready()
    await turns(20)
    expect(store.status).toBe('pending')

    find()
    await ready

    expect(store).toMatchObject({ status: 'authenticated', isAuthenticated: true, user: ada })
  })

  it('refreshes a session that is there, whatever the page shows so far', async () => {
    const { store, now, find } = renderedStore()
    find()

    expect(await store.refresh()).toEqual({ accessToken: 'AT2' })
    expect(now).toHaveBeenCalledOnce()
  })

  it('waits for the session to be found before it refreshes', async () => {
    const { store, now, find, lifecycle } = renderedStore()
    const refreshed = store.refresh()
    await turns(20)
    expect(now).not.toHaveBeenCalled()

    find()
    await refreshed

    expect(now).toHaveBeenCalledExactlyOnceWith(lifecycle.current.value)
  })

  it('refreshes nothing where none is found', async () => {
    const { store, now, lifecycle } = renderedStore()
    const refused = failure(store.refresh())

    lifecycle.restore(null)

    expect(await refused).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(now).not.toHaveBeenCalled()
  })
})

describe('a refresh', () => {
  it('is pending from the moment in which it is asked for', async () => {
    const { store, refreshes } = await signedInApp({}, firstPair)
    expect(store.isRefreshing).toBe(false)

    const refreshed = store.refresh()
    expect(store.isRefreshing).toBe(true)
    await turns(20)
    refreshes[0]?.answer(firstPair)
    await refreshed

    expect(store.isRefreshing).toBe(false)
  })
})
