import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { AuthError } from '../../../src/index.ts'
import { install } from '../../support/app.ts'
import { emptyApp } from '../../support/empty-app.ts'
import { listenersOf } from '../../support/listeners-of.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'
import { Shelf } from '../../support/shelf.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

describe('after the application is unmounted', () => {
  test('requests that wait for a refresh are rejected at once, and the refresh is broken off', async () => {
    const server = await startServer()
    const { app, http, store } = await signIn(server)
    server.expire()
    server.faults.push('hang')
    const before = timers()
    const controller = new AbortController()
    const listeners = listenersOf(controller.signal)

    const waiting = outcomes(times(5, (n) => http.get(`/items/${n}`, { signal: controller.signal })))
    const refresh = failure(store.refresh())
    await server.arrived('/auth/refresh')
    app.unmount()

    expect((await waiting).errors.map((error) => (error as AuthError).code)).toEqual(
      times(5, () => 'ERR_AUTH_SESSION_CHANGED'),
    )
    expect(await refresh).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    // A connection that is cut may take a moment to go; a timer of ours would stay for seconds.
    const end = performance.now() + 500
    while (timers() > before && performance.now() < end) await new Promise(setImmediate)
    expect(timers()).toBeLessThanOrEqual(before)
    expect(listeners.count).toBe(0)
    expect(http.interceptors.request.handlers?.filter(Boolean)).toEqual([])
  })

  test('a refresh that is being retried sends nothing more', async () => {
    const server = await startServer()
    const { app, store } = await signIn(server)
    server.faults.push(...times(3, () => ({ status: 503, headers: { 'retry-after': '1' } })))
    const before = timers()

    const refresh = failure(store.refresh())
    await server.arrived('/auth/refresh')
    await sleep(50)
    app.unmount()

    expect(await refresh).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(timers()).toBeLessThanOrEqual(before)
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test('requests that wait for the stored session are rejected, and none is sent', async () => {
    const server = await startServer()
    const storage = new Shelf()
    storage.before = () => new Promise(() => {})
    const { app, http } = visit(server, { storage })

    const waiting = outcomes(times(3, (n) => http.get(`/items/${n}`)))
    app.unmount()

    expect((await waiting).errors).toHaveLength(3)
    expect(server.arrivals).toEqual([])
  })

  test('the session is still in the storage, for the next visit', async () => {
    const server = await startServer()
    const storage = new Shelf()
    const { app } = await signIn(server, { storage })

    app.unmount()

    const { http } = visit(server, { storage })
    expect((await http.get('/items/1')).status).toBe(200)
  })

  test('the same AuthAxios can be installed in another application, with a session of its own', async () => {
    const server = await startServer()
    const { app, auth } = await signIn(server)
    app.unmount()
    const next = install({ id: 'another' })
    next.app.use(auth)
    const store = auth.useStore()

    await store.ready()
    expect(store.status).toBe('anonymous')
    await store.setTokens(server.grant())
    expect((await auth.http.get('/items/1')).data.session).toBe(2)
    next.app.unmount()
  })

  test('nothing that was asked for is left unhandled', async () => {
    const server = await startServer()
    server.hold = ({ path }) => (path.startsWith('/auth') ? new Promise(() => {}) : undefined)
    const { app, http, store } = await signIn(server)
    server.expire()

    const unhandled = await unhandledRejections(async () => {
      // The promises of those who asked are theirs; all others are the library's own.
      const asked = [http.get('/items/1'), store.refresh(), store.login({}), store.fetchUser()]
      const ends = outcomes<unknown>(asked)
      await server.arrived('/auth/login')
      app.unmount()
      await ends
    })

    expect(unhandled).toEqual([])
  })
})

test('an AuthAxios that is installed elsewhere cannot be installed twice, and says what to do', async () => {
  const server = await startServer()
  const { auth, http } = await signIn(server)

  expect(() => emptyApp().use(auth)).toThrow('createAuthAxios()')

  expect((await http.get('/items/1')).status).toBe(200)
})

test('a session that lived long leaves no timer and no listener behind each refresh', async () => {
  const server = await startServer()
  const { http } = await signIn(server)
  const controller = new AbortController()
  const listeners = listenersOf(controller.signal)
  const before = timers()

  for (const n of times(20, (index) => index)) {
    server.expire()
    await http.get(`/items/${n}`, { signal: controller.signal })
  }

  expect(timers()).toBeLessThanOrEqual(before)
  expect(listeners.count).toBe(0)
  expect(server.to('/auth/refresh')).toHaveLength(20)
})
