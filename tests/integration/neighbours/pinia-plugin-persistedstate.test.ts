// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { createPinia, defineStore } from 'pinia'
import { createPersistedState } from 'pinia-plugin-persistedstate'
import { beforeEach, describe, expect, test } from 'vitest'
import { nextTick } from 'vue'
import { type Neighbour, getsAlong, visitWith } from '../../support/neighbours.ts'

/** As guides tell it: every store is persisted. Nothing needs to be told. */
const neighbour: Neighbour = {
  options: { storage: 'local' },
  pinia: () => createPinia().use(createPersistedState({ auto: true })),
  arrange:
    ({ http }) =>
    (path, signal) =>
      http.get(path, { ...(signal && { signal }) }).then(({ data }) => data),
}

beforeEach(() => localStorage.clear())

const tokensIn = (text: string | null) => text?.match(/(AT|RT)-[\d-]+/g) ?? []

describe('pinia-plugin-persistedstate with `auto: true`', () => {
  getsAlong(neighbour)

  test('finding 51: persists no token: neither at a sign-in nor at a refresh', async () => {
    const { client, ask, refreshing } = await visitWith(neighbour)
    refreshing.open()
    await ask('/items/1')
    await nextTick()

    expect(JSON.parse(localStorage.getItem('authAxios') ?? '{}')).toEqual({
      status: 'authenticated',
      user: null,
    })
    expect(tokensIn(localStorage.getItem('authAxios'))).toEqual([])
    // The library's own record is another entry, which it looks after by itself.
    expect(tokensIn(localStorage.getItem('vue-auth-axios:authAxios'))).toEqual(['AT-1-2', 'RT-1-2'])
    await client.store.logout({ redirect: false })
    expect(tokensIn(JSON.stringify({ ...localStorage }))).toEqual([])
  })

  test('finding 2: a store of the application that is persisted as `auth` ends no session', async () => {
    const { client, ask, refreshing } = await visitWith(neighbour)
    refreshing.open()
    const { $pinia } = client.app.config.globalProperties
    const useAuth = defineStore('auth', { state: () => ({ theme: 'dark' }) })
    useAuth($pinia).theme = 'light'
    await nextTick()

    expect(await ask('/items/1')).toEqual({ path: '/items/1', session: 1 })
    expect(JSON.parse(localStorage.getItem('auth') ?? '{}')).toEqual({ theme: 'light' })
    expect(client.store.isAuthenticated).toBe(true)
  })
})
