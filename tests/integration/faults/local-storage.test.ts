// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AuthAxiosOptions } from '../../../src/index.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { outcomes } from '../../support/outcomes.ts'
import { memoryRouter } from '../../support/routes.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

// The page's own origin is not the server's; what is looked at here is the storage, not the way there.
const options: AuthAxiosOptions = { axios: { adapter: 'http' } }

beforeEach(() => {
  vi.stubGlobal('localStorage', new Storage())
  vi.stubGlobal('sessionStorage', new Storage())
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const refuse = () => {
  throw new DOMException('Access is denied for this document.', 'SecurityError')
}

const everything = () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])

test('40. a full localStorage is told of once, the new pair serves from memory and the old one is gone', async () => {
  const server = await startServer()
  const { app, http } = await signIn(server, options)
  expect(everything()).toContain('RT-1-1')
  Object.defineProperty(localStorage, 'setItem', {
    value: () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    },
  })

  server.expire()
  expect((await http.get('/items/1')).status).toBe(200)
  server.expire()
  expect((await http.get('/items/2')).status).toBe(200)

  await vi.waitFor(() => expect(everything()).not.toContain('RT-'))
  expectConsole('error', 'quota')
  app.unmount()
  const next = visit(server, options)
  await next.store.ready()
  expect(next.store.status).toBe('anonymous')
  expect(server.reuses).toBe(0)
})

test('41. a localStorage that the browser refuses is replaced by memory, with one warning', async () => {
  Object.defineProperty(globalThis, 'localStorage', { get: refuse, configurable: true })
  const server = await startServer()
  const { http, store } = visit(server, options)

  await store.login({})
  server.expire()

  expect((await http.get('/items/1')).status).toBe(200)
  expectConsole('warn', 'localStorage is not available')
})

test('41. a sessionStorage that the browser refuses as well changes nothing', async () => {
  for (const name of ['localStorage', 'sessionStorage'] as const) {
    Object.defineProperty(globalThis, name, { get: refuse, configurable: true })
  }
  const server = await startServer()
  const { http, store } = visit(server, options)

  await store.login({}, { remember: false })

  expect((await http.get('/items/1')).status).toBe(200)
  expectConsole('warn', 'localStorage is not available')
})

test('42. after the visitor cleared the site data, the next request finds them signed out, and no token is written back', async () => {
  const server = await startServer()
  const { http, store } = await signIn(server, options)

  localStorage.clear()
  sessionStorage.clear()
  await outcomes([http.get('/items/1')])

  expect(store.isAuthenticated).toBe(false)
  expect(server.to('/items').map(({ authorization }) => authorization)).not.toContain('Bearer AT-1-1')
  expect(everything()).not.toMatch(/[AR]T-\d/)
  expect(everything()).toContain('\\"ended\\":\\"logout\\"')
})

test('42. a refresh after the visitor cleared the site data writes no token back', async () => {
  const server = await startServer()
  const { http } = await signIn(server, options)
  server.expire()

  localStorage.clear()
  sessionStorage.clear()
  await outcomes([http.get('/items/1')])

  expect(everything()).not.toMatch(/[AR]T-\d/)
})

test('44. a session that was remembered comes back from localStorage, one that was not from sessionStorage', async () => {
  const server = await startServer()
  const first = visit(server, options)
  await first.store.login({}, { remember: false })
  expect(JSON.stringify({ ...localStorage })).not.toContain('RT-')
  expect(JSON.stringify({ ...sessionStorage })).toContain('RT-1-1')
  first.app.unmount()

  const second = visit(server, options)
  await second.store.ready()
  expect(second.store.accessToken).toBe('AT-1-1')
  await second.store.login({})
  second.app.unmount()

  expect(JSON.stringify({ ...localStorage })).toContain('RT-2-1')
  expect(JSON.stringify({ ...sessionStorage })).not.toContain('RT-')
})

test.each(['null', '[]', '"x"', '{"v":1,"id":"a","tokens":{"access', '42', '', '{"v":1}', 'undefined'])(
  '50. %j in localStorage is no session and no crash',
  async (text) => {
    localStorage.setItem('vue-auth-axios:authAxios', text)
    sessionStorage.setItem('vue-auth-axios:authAxios', text)
    const server = await startServer()
    const { http, store } = visit(server, options)

    await store.ready()
    expect(store.status).toBe('anonymous')
    await store.login({})

    expect((await http.get('/items/1')).status).toBe(200)
  },
)

test('a session that cannot be kept alive starts anonymous, with no redirect and no onSessionEnd', async () => {
  const server = await startServer()
  const router = memoryRouter()
  const onSessionEnd = vi.fn<() => void>()
  const first = await signIn(server, options)
  await first.store.setTokens({ accessToken: 'AT-9-1', expiresAt: Date.now() - 1 })
  first.app.unmount()

  const { store } = visit(server, { ...options, onSessionEnd }, (app) => app.use(router))
  await router.push('/orders/1')
  await store.ready()

  expect(store.status).toBe('anonymous')
  expect(onSessionEnd).not.toHaveBeenCalled()
  expect(router.currentRoute.value.fullPath).toBe('/orders/1')
  expect(server.to('/auth/refresh')).toEqual([])
})
