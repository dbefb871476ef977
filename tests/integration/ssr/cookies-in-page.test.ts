// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { createPinia } from 'pinia'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { authInPage } from '../../../playground/setups/ssr-cookies.ts'
import { emptyApp } from '../../support/empty-app.ts'
import { cookiesOf } from '../../support/ssr/cookies.ts'
import { useRenderer } from '../../support/ssr/use-renderer.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { startServer } from '../../support/world.ts'

const render = useRenderer()

beforeEach(() => {
  keep(`${encodeURIComponent('vue-auth-axios:authAxios')}=; Max-Age=0`)
})

const keep = (cookie: string) => void (document.cookie = `${cookie}; Path=/`)

/** Opens the page of an application that keeps its session in cookies. */
async function open(server: StrictServer) {
  const axios = { baseURL: server.url, adapter: 'http' }
  const auth = authInPage(axios)
  const app = emptyApp()
  app.use(createPinia()).use(auth)
  app.mount({})
  onTestFinished(() => app.unmount())
  const store = auth.useStore()
  await store.ready()
  return { http: auth.http, store }
}

test('the page has the session that the server renders with (playground/setups/ssr-cookies.ts)', async () => {
  const server = await startServer()
  keep(await cookiesOf(server))

  const { http, store } = await open(server)

  expect(store.isAuthenticated).toBe(true)
  expect((await http.get('/orders')).data).toMatchObject({ session: 1 })
  expect(await render({ api: server.url, path: '/', cookie: document.cookie })).toContain('Hello 1')
})

test('what the page refreshes, the server renders with', async () => {
  const server = await startServer()
  keep(await cookiesOf(server))
  const { http, store } = await open(server)
  server.expire()

  await http.get('/orders')

  expect(store.accessToken).toBe('AT-1-2')
  expect(await render({ api: server.url, path: '/', cookie: document.cookie })).toContain('Hello 1')
  expect(server.to('/orders').at(-1)?.authorization).toBe('Bearer AT-1-2')
  expect(server.reuses).toBe(0)
})

test('a login and a logout in the page are known to the server', async () => {
  const server = await startServer()
  const { store } = await open(server)
  expect(document.cookie).toBe('')

  await store.login({ username: 'ada', password: 'ada' })
  expect(await render({ api: server.url, path: '/', cookie: document.cookie })).toContain('Hello 1')

  await store.logout()
  expect(document.cookie).toBe('')
  expect(await render({ api: server.url, path: '/', cookie: document.cookie })).toContain('Hello stranger')
})
