// @vitest-environment happy-dom

import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, test } from 'vitest'
import { createTestingAuth } from 'vue-auth-axios/testing'
import UserMenu from '../src/components/UserMenu.vue'

test('shows who is signed in', () => {
  const auth = createTestingAuth({ user: { name: 'Ada' } })

  const menu = mount(UserMenu, { global: { plugins: [createPinia(), auth] } })

  expect(menu.text()).toContain('Ada')
})
