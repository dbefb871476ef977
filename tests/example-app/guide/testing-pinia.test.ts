// @vitest-environment happy-dom

import { createTestingPinia } from '@pinia/testing'
import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { useAuthStore } from 'vue-auth-axios'
import { createTestingAuth } from 'vue-auth-axios/testing'
import LoginPage from '../src/pages/LoginPage.vue'

test('signs in with what was typed', async () => {
  const plugins = [createTestingPinia({ createSpy: vi.fn }), createTestingAuth({ status: 'anonymous' })]
  const page = mount(LoginPage, { global: { plugins } })

  await page.get('[name=username]').setValue('ada')
  await page.get('[name=password]').setValue('lovelace')
  await page.get('form').trigger('submit')

  expect(useAuthStore().login).toHaveBeenCalledWith({ username: 'ada', password: 'lovelace' })
})
