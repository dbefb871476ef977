// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { createPinia } from 'pinia'
import { beforeEach, describe, expect, test } from 'vitest'
import { gate } from '../../support/gate.ts'
import { appAuth, mountApp } from '../../support/mounted-app.ts'
import { useMswApi } from '../../support/msw-api.ts'
import { failure } from '../../support/outcomes.ts'
import { shows } from '../../support/shows.ts'
import ItemCard from './fixtures/ItemCard.vue'
import SessionBadge from './fixtures/SessionBadge.vue'

const api = useMswApi()

beforeEach(() => localStorage.clear())

describe('one AuthAxios, one application after the other', () => {
  test('the second one, with a pinia of its own, has the stored session and sends with it', async () => {
    const auth = appAuth()
    const first = mountApp(SessionBadge, { auth })
    await first.store.ready()
    await first.store.login({ username: 'ada', password: 'ada' })
    first.unmount()

    const second = mountApp(ItemCard, { auth, props: { id: 2 } })
    await shows(second, 'Item 2')

    expect(second.store).not.toBe(first.store)
    expect(second.store.status).toBe('authenticated')
    expect(api.to('/items').map(({ authorization }) => authorization)).toEqual([
      `Bearer ${second.store.accessToken}`,
    ])
  })

  test('the second one refreshes once, not once for each application there was', async () => {
    const auth = appAuth()
    for (const _visit of [1, 2, 3]) {
      const { store, unmount } = mountApp(SessionBadge, { auth })
      await store.ready()
      await store.setTokens(api.grant())
      await expect.poll(() => store.user).not.toBeNull()
      unmount()
    }
    api.expire()
    api.seen.length = 0

    const last = mountApp(ItemCard, { auth, props: { id: 2 } })
    await shows(last, 'Item 2')

    expect(api.to('/auth/refresh')).toHaveLength(1)
    expect(api.to('/items').length).toBeLessThanOrEqual(2)
  })

  test('the second one may take over the pinia of the first, and keeps its other stores', async () => {
    const auth = appAuth()
    const pinia = createPinia()
    const first = mountApp(SessionBadge, { auth, pinia })
    await first.store.ready()
    await first.store.login({ username: 'ada', password: 'ada' })
    first.unmount()
    expect(pinia.state.value).toEqual({})

    const second = mountApp(SessionBadge, { auth, pinia })

    await shows(second, 'authenticated Ada Lovelace')
  })

  test('between the two the instance is an ordinary one, which knows of no session', async () => {
    const auth = appAuth()
    mountApp(SessionBadge, { auth }).unmount()

    expect(await failure(auth.http.get('/items/1'))).toMatchObject({ status: 401 })
    expect(api.to('/items')).toEqual([{ method: 'GET', path: '/items/1', authorization: null }])
    expect(api.to('/auth/refresh')).toEqual([])
  })

  test('two at the same time are refused, and the first one goes on', async () => {
    const auth = appAuth()
    const first = mountApp(SessionBadge, { auth })

    expect(() => mountApp(SessionBadge, { auth })).toThrow('createAuthAxios() in the app factory')

    await shows(first, 'anonymous')
  })
})

describe('two applications on one page', () => {
  test('with an identity each do not know of each other’s refresh', async () => {
    const shop = mountApp(ItemCard, { auth: { id: 'shop' }, props: { id: 1 } })
    await shop.store.ready()
    await shop.store.setTokens(api.grant())
    const refresh = gate()
    api.held.set('/auth/refresh', refresh.passed)

    const office = mountApp(ItemCard, { auth: { id: 'office' }, props: { id: 2 } })
    const refreshed = shop.store.refresh()
    await expect.poll(() => shop.store.isRefreshing).toBe(true)
    await shows(office, '401')

    expect([office.store.status, office.store.isRefreshing]).toEqual(['anonymous', false])
    refresh.open()
    await refreshed
    expect(Object.keys(localStorage)).toEqual(['vue-auth-axios:shop'])
  })
})
