// @vitest-environment happy-dom

import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, test } from 'vitest'
import { createTestingAuth } from 'vue-auth-axios/testing'
import { createMemoryHistory } from 'vue-router'
import App from '../src/App.vue'
import { createAppRouter } from '../src/router'

test('a visitor has to sign in first', async () => {
  const history = createMemoryHistory()
  history.replace('/admin')
  const router = createAppRouter(history)
  const auth = createTestingAuth({ status: 'anonymous' })

  mount(App, { global: { plugins: [createPinia(), auth, router] } })
  await router.isReady()

  expect(router.currentRoute.value.fullPath).toBe('/login?redirect=/admin')
})
