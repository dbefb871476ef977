// @vitest-environment happy-dom

import { createTestingPinia } from '@pinia/testing'
import { enableAutoUnmount, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, expect, test, vi } from 'vitest'
import { createTestingAuth } from 'vue-auth-axios/testing'
import UserMenu from '../src/components/UserMenu.vue'

enableAutoUnmount(afterEach)

test('shows who is signed in', () => {
  const auth = createTestingAuth({ user: { name: 'Ada' } })

  const menu = mount(UserMenu, { global: { plugins: [createPinia(), auth] } })

  expect(menu.text()).toContain('Ada')
})

test.each([
  ['pending', 'One moment'],
  ['anonymous', 'Nobody is signed in.'],
  ['expired', 'Your session has expired.'],
] as const)('says how things are: %s', (status, text) => {
  const auth = createTestingAuth({ status })

  const menu = mount(UserMenu, { global: { plugins: [createPinia(), auth] } })

  expect(menu.text()).toContain(text)
})

test('signs out', async () => {
  const auth = createTestingAuth({ user: { name: 'Ada' } })
  const menu = mount(UserMenu, { global: { plugins: [createTestingPinia({ createSpy: vi.fn }), auth] } })

  await menu.get('button').trigger('click')

  // A stub: the session goes on, and nothing was sent.
  expect(auth.useStore().logout).toHaveBeenCalledOnce()
  expect(menu.text()).toContain('Ada')
})
