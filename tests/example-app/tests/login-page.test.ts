// @vitest-environment happy-dom

import { createTestingPinia } from '@pinia/testing'
import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { AxiosError, type AxiosResponse } from 'axios'
import { afterEach, expect, test, vi } from 'vitest'
import { useAuthStore } from 'vue-auth-axios'
import { createTestingAuth } from 'vue-auth-axios/testing'
import LoginPage from '../src/pages/LoginPage.vue'

enableAutoUnmount(afterEach)

function openLoginPage() {
  const plugins = [createTestingPinia({ createSpy: vi.fn }), createTestingAuth({ status: 'anonymous' })]
  const page = mount(LoginPage, { global: { plugins } })
  return { page, login: vi.mocked(useAuthStore().login) }
}

test('signs in with what was typed', async () => {
  const { page, login } = openLoginPage()

  await page.get('[name=username]').setValue('ada')
  await page.get('[name=password]').setValue('lovelace')
  await page.get('form').trigger('submit')

  expect(login).toHaveBeenCalledExactlyOnceWith({ username: 'ada', password: 'lovelace' })
})

test('says so where the password is wrong', async () => {
  const { page, login } = openLoginPage()
  const response = { status: 401 } as AxiosResponse
  login.mockRejectedValueOnce(new AxiosError('401', 'ERR_BAD_REQUEST', undefined, undefined, response))

  await page.get('form').trigger('submit')
  await flushPromises()

  expect(page.get('[role=alert]').text()).toBe('Wrong name or password.')
})
