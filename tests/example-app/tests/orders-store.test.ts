// @vitest-environment happy-dom

import type { InternalAxiosRequestConfig } from 'axios'
import { createPinia } from 'pinia'
import { expect, test } from 'vitest'
import { createApp } from 'vue'
import { createTestingAuth } from 'vue-auth-axios/testing'
import { useOrders } from '../src/stores/orders.ts'

/** Answers without a network. */
const adapter = async (config: InternalAxiosRequestConfig) => ({
  config,
  data: [{ id: 1, item: `Order of ${config.url}` }],
  status: 200,
  statusText: 'OK',
  headers: {},
})

test('loads the orders with the token of the session', async () => {
  const auth = createTestingAuth({ tokens: { access_token: 'secret' }, axios: { adapter } })
  createApp({}).use(createPinia()).use(auth)
  const orders = useOrders()

  await orders.load()

  expect(orders.list).toHaveLength(3)
  expect(auth.requests.map(({ headers }) => headers.get('Authorization'))).toEqual([
    'Bearer secret',
    'Bearer secret',
    'Bearer secret',
  ])
})

test('says so where the session is over', async () => {
  const auth = createTestingAuth({ axios: { adapter } })
  createApp({}).use(createPinia()).use(auth)
  const orders = useOrders()
  auth.expire()
  auth.refuseRefresh()

  await orders.load()

  expect(orders.error).toContain('The session is over.')
  expect(auth.useStore().status).toBe('expired')
  expect(auth.requests).toEqual([])
})
