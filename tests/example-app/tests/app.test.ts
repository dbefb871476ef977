// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://shop.example/" }

import { type VueWrapper, enableAutoUnmount, mount } from '@vue/test-utils'
import { setupServer } from 'msw/node'
import { createPinia } from 'pinia'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type TestingAuthOptions, createTestingAuth } from 'vue-auth-axios/testing'
import { createMemoryHistory } from 'vue-router'
import { useQuietPage } from '../../support/quiet-page.ts'
import App from '../src/App.vue'
import { authOptions } from '../src/auth.ts'
import { createAppRouter } from '../src/router.ts'
import { createShopApi } from './shop-api.ts'

useQuietPage()

const api = createShopApi()
const server = setupServer(...api.handlers)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => api.reset())
afterAll(() => server.close())
enableAutoUnmount(afterEach)

/** The whole app as it is, but for where its session comes from. */
async function open(path: string, options: TestingAuthOptions = {}) {
  const history = createMemoryHistory()
  history.replace(path)
  const router = createAppRouter(history)
  const auth = createTestingAuth({ ...authOptions, ...options })
  const app = mount(App, { global: { plugins: [createPinia(), auth, router] } })
  await router.isReady()
  return { app, auth, at: () => router.currentRoute.value.fullPath }
}

const shows = (app: VueWrapper, text: string) => vi.waitFor(() => expect(app.text()).toContain(text))

test('an expired access token: three requests, one refresh, nothing to be seen of it', async () => {
  api.expire()

  const { app } = await open('/')

  await shows(app, 'Order 3')
  expect(api.stats).toMatchObject({ refreshes: 1, reuses: 0 })
})

test('refresh tokens rotate, and none is sent twice', async () => {
  const { app, auth } = await open('/')
  await shows(app, 'Order 3')

  for (const _round of [1, 2, 3]) {
    api.expire()
    await Promise.all([auth.http.get('/orders?page=1'), auth.http.get('/orders?page=2')])
  }

  expect(api.stats).toMatchObject({ refreshes: 3, reuses: 0 })
})

test('a refused refresh: back to the login page, which knows where to go on', async () => {
  const { app, auth, at } = await open('/')
  await shows(app, 'Order 3')
  api.refuseRefresh()
  api.expire()

  await expect(auth.http.get('/orders?page=1')).rejects.toMatchObject({ code: 'ERR_AUTH_EXPIRED' })

  await vi.waitFor(() => expect(at()).toBe('/login?redirect=/'))
  await shows(app, 'Your session has expired.')
})

test('a visitor signs in, and is who they are', async () => {
  const { app, at } = await open('/admin', { status: 'anonymous' })
  expect(at()).toBe('/login?redirect=/admin')

  await app.get('[name=username]').setValue('ada')
  await app.get('[name=password]').setValue('wrong')
  await app.get('form').trigger('submit')
  await shows(app, 'Wrong name or password.')
  await app.get('[name=password]').setValue('lovelace')
  await app.get('form').trigger('submit')

  await shows(app, 'Administration')
  expect(app.text()).toContain('Ada Lovelace')
})

test('a page for administrators is for no other', async () => {
  const { app, at } = await open('/admin', { user: { name: 'Bob', role: 'member' } })

  expect(at()).toBe('/')
  await shows(app, 'Order 3')
})

test('signs out', async () => {
  const { app, at } = await open('/')
  await shows(app, 'Order 3')

  await app.get('button').trigger('click')

  await vi.waitFor(() => expect(at()).toBe('/login'))
  await vi.waitFor(() => expect(api.stats.logouts).toBe(1))
  await shows(app, 'Nobody is signed in.')
})
