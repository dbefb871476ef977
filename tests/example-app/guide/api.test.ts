// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { enableAutoUnmount, mount } from '@vue/test-utils'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { createPinia } from 'pinia'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { httpBackend } from 'vue-auth-axios'
import { authHandlers, createTestingAuth } from 'vue-auth-axios/testing'
import OrdersPage from '../src/pages/OrdersPage.vue'

const api = authHandlers({ users: [{ username: 'ada', password: 'lovelace', name: 'Ada' }] })
const server = setupServer(
  ...api.handlers,
  http.get('/api/orders', () => HttpResponse.json([{ id: 1, item: 'Tea' }])),
)

beforeAll(() => server.listen())
afterEach(() => api.reset())
afterAll(() => server.close())
enableAutoUnmount(afterEach)

test('three requests with an expired token: one refresh', async () => {
  const auth = createTestingAuth({ axios: { baseURL: '/api' }, backend: httpBackend() })
  api.expire()

  const page = mount(OrdersPage, { global: { plugins: [createPinia(), auth] } })

  await vi.waitFor(() => expect(page.text()).toContain('Tea'))
  expect(api.stats).toMatchObject({ refreshes: 1, reuses: 0, unauthorized: 3 })
})
