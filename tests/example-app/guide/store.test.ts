// @vitest-environment happy-dom

import { createPinia } from 'pinia'
import { expect, test } from 'vitest'
import { createApp } from 'vue'
import { createTestingAuth } from 'vue-auth-axios/testing'
import { useOrders } from '../src/stores/orders'

test('says so where the session is over', async () => {
  const auth = createTestingAuth()
  createApp({}).use(createPinia()).use(auth)
  const orders = useOrders()
  auth.expire()
  auth.refuseRefresh()

  await orders.load()

  expect(orders.error).toContain('The session is over.')
  expect(auth.requests).toEqual([])
})
