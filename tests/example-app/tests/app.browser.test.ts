import { enableAutoUnmount, mount } from '@vue/test-utils'
import { setupWorker } from 'msw/browser'
import { createPinia } from 'pinia'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import { type TestingAuthOptions, createTestingAuth } from 'vue-auth-axios/testing'
import { createMemoryHistory } from 'vue-router'
import App from '../src/App.vue'
import { authOptions } from '../src/auth.ts'
import { createAppRouter } from '../src/router.ts'
import { createShopApi } from './shop-api.ts'

const api = createShopApi()
const worker = setupWorker(...api.handlers)

beforeAll(() => worker.start({ quiet: true, onUnhandledFrame: 'bypass' }))
beforeEach(() => {
  api.reset()
  localStorage.clear()
})
afterAll(() => worker.stop())
enableAutoUnmount(afterEach)

/** The whole app in a real browser, with a real network and an API in a service worker. */
async function open(path: string, options: TestingAuthOptions = {}) {
  const history = createMemoryHistory()
  history.replace(path)
  const router = createAppRouter(history)
  const auth = createTestingAuth({ ...authOptions, ...options })
  mount(App, { attachTo: document.body, global: { plugins: [createPinia(), auth, router] } })
  return auth
}

test('an expired access token: three requests, one refresh', async () => {
  api.expire()

  await open('/')

  await expect.element(page.getByText('Order 3')).toBeVisible()
  expect(api.stats).toMatchObject({ refreshes: 1, reuses: 0 })
  expect({ ...localStorage }).toEqual({})
})

test('a refused refresh ends at the login page, from where the visitor goes on', async () => {
  const auth = await open('/')
  await expect.element(page.getByText('Order 3')).toBeVisible()
  api.refuseRefresh()
  api.expire()
  await expect(auth.http.get('/orders?page=1')).rejects.toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
  await expect.element(page.getByText('Your session has expired.')).toBeVisible()

  await page.getByLabelText('Name').fill('bob')
  await page.getByLabelText('Password').fill('kahn')
  await page.getByRole('button', { name: 'Sign in' }).click()

  await expect.element(page.getByText('Bob Kahn')).toBeVisible()
  await expect.element(page.getByText('Order 3')).toBeVisible()
})
