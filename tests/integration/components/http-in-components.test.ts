// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { beforeEach, describe, expect, test } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { useHttp } from '../../../src/index.ts'
import { appAuth, mountApp, mountRouted } from '../../support/mounted-app.ts'
import { useMswApi } from '../../support/msw-api.ts'
import { shows } from '../../support/shows.ts'
import HomePage from './fixtures/HomePage.vue'
import ItemCard from './fixtures/ItemCard.vue'
import TemplateLink from './fixtures/TemplateLink.vue'

const api = useMswApi()

beforeEach(() => localStorage.clear())

describe('$http in a template', () => {
  test('is the instance', async () => {
    const { auth, wrapper } = mountApp(TemplateLink)

    expect(wrapper.get('a').attributes('href')).toBe('/api/items/7')
    expect(wrapper.vm.$http).toBe(auth.http)
  })

  test('sends a click’s request under the session', async () => {
    const app = mountApp(TemplateLink)
    await app.store.ready()
    await app.store.setTokens(api.grant())
    api.expire()

    await app.press('Load')

    await shows(app, 'Item 7')
    expect(api.to('/auth/refresh')).toHaveLength(1)
  })

  test('may be a stand-in of the test’s own', async () => {
    const app = mountApp(TemplateLink, { mocks: { $http: { getUri: () => '/stand-in' } } })

    expect(app.wrapper.get('a').attributes('href')).toBe('/stand-in')
    expect(api.seen).toEqual([])
  })
})

describe('useHttp()', () => {
  test('gives every component the same instance, the one that was made ahead too', () => {
    const seen: unknown[] = []
    const Child = defineComponent({
      setup: () => {
        seen.push(useHttp())
        return () => h('p')
      },
    })
    const { auth } = mountApp({ render: () => [h(Child), h(Child)] })

    expect(seen).toEqual([auth.http, auth.http])
  })

  test('outside an application throws, and says how', () => {
    expect(() => useHttp()).toThrow(/setup functions.*createAuthAxios\(\)/)
  })

  test('in an event handler throws, and says how', async () => {
    const said = ref('')
    const Clicked = defineComponent({
      setup: () => {
        const ask = () => {
          try {
            useHttp()
          } catch (error) {
            said.value = String(error)
          }
        }
        return () => h('button', { onClick: ask }, 'Ask')
      },
    })
    const app = mountApp(Clicked)

    await app.press('Ask')

    expect(said.value).toMatch(/setup functions.*createAuthAxios\(\)/)
  })

  test('in an application without the library throws, and says what to call', () => {
    const without = { props: { id: 1 }, global: { plugins: [createPinia()] } }

    expect(() => mount(ItemCard, without)).toThrow('Call app.use(authAxios)')
  })

  test('works in a composable, and in a router guard', async () => {
    const useItem = async (id: number) => (await useHttp().get(`/items/${id}`, { withAuth: false })).status
    const found: unknown[] = []
    const routes = [{ path: '/', component: HomePage, beforeEnter: () => void found.push(useHttp()) }]
    const composed = defineComponent({
      setup: () => {
        found.push(useItem(1).catch(({ status }) => status))
        return () => h('p')
      },
    })

    const { auth } = await mountRouted(composed, { routes, path: '/' })

    const [answer, instance] = await Promise.all(found)
    expect([answer, instance]).toEqual([401, auth.http])
  })

  test('names the identity where there are two', () => {
    const admin = appAuth({ id: 'admin' })
    const found: unknown[] = []
    const Both = defineComponent({
      setup: () => {
        found.push(useHttp(), useHttp('admin'))
        return () => h('p')
      },
    })

    const { auth } = mountApp(Both, { plugins: [admin] })

    expect(found).toEqual([auth.http, admin.http])
  })
})

describe('a component test', () => {
  test('may replace the router by a mock, whatever happens to the session', async () => {
    const pushed: unknown[] = []
    const $router = { push: (to: unknown) => pushed.push(to), replace: (to: unknown) => pushed.push(to) }
    const app = mountApp(ItemCard, { props: { id: 1 }, mocks: { $router, $route: { path: '/' } } })
    await app.store.ready()
    await app.store.login({ username: 'ada', password: 'ada' })
    api.expire()

    await app.press('Reload')
    await shows(app, 'Item 1')
    await app.store.logout()

    expect(app.store.status).toBe('anonymous')
    expect(pushed).toEqual([])
  })

  test('may give the router’s mock as a global property before the library', async () => {
    const $router = { push: () => {}, currentRoute: { value: { path: '/' } } }
    const wrapper = mount(ItemCard, {
      props: { id: 1 },
      global: { config: { globalProperties: { $router } as never }, plugins: [createPinia(), appAuth()] },
    })

    await expect.poll(() => wrapper.text()).toContain('401')
    wrapper.unmount()
  })
})
