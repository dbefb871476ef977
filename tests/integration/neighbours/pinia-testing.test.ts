// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { createTestingPinia } from '@pinia/testing'
import { mapActions, mapState } from 'pinia'
import { describe, expect, test, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { useAuthStore, useHttp } from '../../../src/index.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { mountApp } from '../../support/mounted-app.ts'
import { useMswApi } from '../../support/msw-api.ts'
import { type Neighbour, getsAlong } from '../../support/neighbours.ts'
import { failure, times } from '../../support/outcomes.ts'
import { ada } from '../../support/people.ts'
import { storageWith } from '../../support/stored-record.ts'

/** The recipe where a test wants the session itself: actions are spies that do their work. */
const spied: Neighbour = {
  pinia: () => createTestingPinia({ createSpy: vi.fn, stubActions: false }),
  arrange:
    ({ http }) =>
    (path, signal) =>
      http.get(path, { ...(signal && { signal }) }).then(({ data }) => data),
}

describe('createTestingPinia with actions that do their work', () => {
  getsAlong(spied)
})

const SignInForm = defineComponent({
  computed: { ...mapState(useAuthStore, ['status', 'isAuthenticated', 'user']) },
  methods: { ...mapActions(useAuthStore, ['login', 'logout']) },
  render() {
    return [
      h('p', `${this.status} ${this.user?.name ?? 'nobody'}`),
      h('button', { onClick: () => this.login({ username: 'ada', password: 'ada' }) }, 'Sign in'),
      h('button', { onClick: this.logout }, 'Sign out'),
    ]
  },
})

describe('createTestingPinia with stubbed actions', () => {
  const api = useMswApi()

  test('has spies in the place of all actions, which mapActions and event handlers reach', async () => {
    const pinia = createTestingPinia({ createSpy: vi.fn })
    const { store, press } = mountApp(SignInForm, { pinia })

    await press('Sign in')
    await press('Sign out')

    expect(store.login).toHaveBeenCalledExactlyOnceWith({ username: 'ada', password: 'ada' })
    expect(store.logout).toHaveBeenCalledExactlyOnceWith(expect.any(Event))
    for (const action of ['ready', 'setTokens', 'updateTokens', 'getAccessToken', 'refresh', 'fetchUser']) {
      expect(vi.isMockFunction(Reflect.get(store, action)), action).toBe(true)
    }
    expect(api.seen).toEqual([])
  })

  test('still refreshes what requests need: once, whatever the stubs answer', async () => {
    const { access_token: accessToken, refresh_token: refreshToken } = api.grant()
    const storage = storageWith({ accessToken, refreshToken, tokenType: 'Bearer' })
    const pinia = createTestingPinia({ createSpy: vi.fn })
    const { auth, store } = mountApp(SignInForm, { pinia, auth: { storage } })
    await expect.poll(() => store.isAuthenticated).toBe(true)
    api.expire()

    const answers = await Promise.all(times(20, (n) => auth.http.get(`/items/${n}`)))

    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(api.to('/auth/refresh')).toHaveLength(1)
  })

  test('takes getters that a test writes', async () => {
    const pinia = createTestingPinia({ createSpy: vi.fn })
    const { store, wrapper } = mountApp(SignInForm, { pinia })
    await expect.poll(() => store.status).toBe('anonymous')

    Object.assign(store, { isAuthenticated: true })

    expect((wrapper.vm as unknown as { isAuthenticated: boolean }).isAuthenticated).toBe(true)
  })

  test('finding 49: an `initialState` shows nobody signed in who is not, at mount or after', async () => {
    const pinia = createTestingPinia({
      createSpy: vi.fn,
      initialState: { authAxios: { status: 'authenticated', user: ada } },
    })
    const { store, text } = mountApp(SignInForm, { pinia })
    const seen = [store.status, store.isAuthenticated]

    await expect.poll(() => store.status).toBe('anonymous')

    expect(seen).toEqual(['pending', false])
    await expect.poll(text).toContain('anonymous nobody')
  })

  test('finding 49: a store without its plugin says what is missing, in a component as well', async () => {
    const Badge = defineComponent({ setup: () => () => h('p', useAuthStore().status) })
    const pinia = createTestingPinia({ createSpy: vi.fn })
    const { mount } = await import('@vue/test-utils')

    expect(() => mount(Badge, { global: { plugins: [pinia] } })).toThrow('Call app.use(authAxios) first')
    expect(pinia.state.value).toEqual({})
    expectConsole('warn', /Unhandled error during execution of render function/, 0)
  })
})

test('$onAction hears of every action a component calls, and of what became of it', async () => {
  const Form = defineComponent({
    setup() {
      const http = useHttp()
      const auth = useAuthStore()
      return () => h('button', { onClick: () => failure(auth.refresh()).then(() => http) }, 'Refresh')
    },
  })
  const { store, press } = mountApp(Form, { auth: { storage: 'memory' } })
  const heard: string[] = []
  store.$onAction(({ name, onError }) => {
    heard.push(name)
    onError((error) => heard.push(Object(error).code))
  })

  await press('Refresh')

  await expect.poll(() => heard).toEqual(['refresh', 'ERR_AUTH_EXPIRED'])
})
