import axios from 'axios'
import { expect, test, vi } from 'vitest'
import { type AuthError, httpBackend } from '../../../src/index.ts'
import { holdClock } from '../../support/clock.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { failure, outcomes, statuses, times } from '../../support/outcomes.ts'
import { Shelf } from '../../support/shelf.ts'
import { signIn, startServer } from '../../support/world.ts'

test('1. fifty requests after the token has run out cost one refresh and all carry the new token', async () => {
  const clock = holdClock()
  const server = await startServer()
  server.extra = { expires_in: 60 }
  const { http } = await signIn(server)
  server.expire()
  clock.pass(61_000)

  const { values, errors } = await outcomes(times(50, (n) => http.get(`/items/${n}`)))

  expect(errors).toEqual([])
  expect(values.map(({ data }) => data.path)).toEqual(times(50, (n) => `/items/${n}`))
  expect(server.to('/auth/refresh')).toHaveLength(1)
  expect(server.to('/items').map(({ authorization }) => authorization)).toEqual(
    times(50, () => 'Bearer AT-1-2'),
  )
})

test('1. fifty requests whose token died unannounced cost one refresh and are each sent once more', async () => {
  const server = await startServer()
  const { http } = await signIn(server)
  server.expire()

  const { values, errors } = await outcomes(times(50, (n) => http.get(`/items/${n}`)))

  expect(errors).toEqual([])
  expect(statuses(values)).toEqual(times(50, () => 200))
  expect(server.to('/auth/refresh')).toHaveLength(1)
  expect(server.to('/items')).toHaveLength(100)
  expect(server.reuses).toBe(0)
})

test('2. a token endpoint that is down costs fifty requests the attempts of one refresh, and no session', async () => {
  const server = await startServer()
  const storage = new Shelf()
  const { http, store } = await signIn(server, { storage })
  server.expire()
  server.faults.push(...times(50, () => ({ status: 503 })))

  const { errors } = await outcomes(times(50, (n) => http.get(`/items/${n}`)))

  expect(errors.map((error) => (error as AuthError).code)).toEqual(times(50, () => 'ERR_AUTH_REFRESH'))
  expect(server.to('/auth/refresh')).toHaveLength(3)
  expect(store.isAuthenticated).toBe(true)
  expect(storage.content).toContain('RT-1-1')
})

test('3. two instances on one session share a refresh', async () => {
  const server = await startServer()
  const { auth, http } = await signIn(server)
  const other = auth.attach(axios.create({ baseURL: server.url }))
  server.expire()

  const answers = await Promise.all([http.get('/items/1'), other.get('/items/2')])

  expect(answers.map(({ data }) => data.path)).toEqual(['/items/1', '/items/2'])
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('4. a refresh function that throws at once frees the way for the next refresh', async () => {
  const server = await startServer()
  const backend = httpBackend()
  const refresh = vi.fn(backend.refresh).mockImplementationOnce(() => {
    throw new Error('not today')
  })
  const { store } = await signIn(server, { backend: { ...backend, refresh } })

  expect(await failure(store.refresh())).toMatchObject({
    code: 'ERR_AUTH_REFRESH',
    cause: expect.objectContaining({ message: 'not today' }),
  })
  expect(store.isRefreshing).toBe(false)
  expect(await store.refresh()).toMatchObject({ accessToken: 'AT-1-2' })
})

test('5. a token endpoint that never answers fails the request in time, and a later one asks again', async () => {
  const clock = holdClock()
  const server = await startServer()
  const { http, store } = await signIn(server, { refreshTimeout: 300 })
  server.expire()
  server.faults.push('hang')

  expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
  expect(store.isAuthenticated).toBe(true)

  clock.pass(1_000)
  expect(await http.get('/items/2')).toMatchObject({ status: 200 })
  expect(server.to('/auth/refresh')).toHaveLength(2)
})

test('5. a refresh function that never settles and ignores its signal fails the request in time', async () => {
  const clock = holdClock()
  const server = await startServer()
  const backend = httpBackend()
  const refresh = vi.fn(backend.refresh).mockImplementationOnce(() => new Promise(() => {}))
  const { http } = await signIn(server, { refreshTimeout: 300, backend: { ...backend, refresh } })
  server.expire()

  expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })

  clock.pass(1_000)
  expect(await http.get('/items/2')).toMatchObject({ status: 200 })
})

test.each(['at once', 'after the action'] as const)(
  '6. a listener of the refresh action that throws %s is told of once and costs no request',
  async (when) => {
    const server = await startServer()
    const { http, store } = await signIn(server)
    store.$onAction(({ name, after }) => {
      const fail = () => {
        throw new Error('a listener of the app')
      }
      if (name !== 'refresh') return
      if (when === 'at once') fail()
      else after(fail)
    })
    server.expire()

    expect(await http.get('/items/1')).toMatchObject({ status: 200 })

    expectConsole('error', 'a listener of the app')
    expect(server.to('/auth/refresh')).toHaveLength(1)
  },
)

test('6. the errorHandler of the app hears of a listener that throws', async () => {
  const server = await startServer()
  const errorHandler = vi.fn<(error: unknown) => void>()
  const { app, http, store } = await signIn(server)
  app.config.errorHandler = errorHandler
  store.$onAction(() => {
    throw new Error('a listener of the app')
  })
  server.expire()

  expect(await http.get('/items/1')).toMatchObject({ status: 200 })

  expect(errorHandler.mock.calls.map(([error]) => String(error))).toEqual(['Error: a listener of the app'])
})

test('6. an errorHandler that throws in its turn costs no request', async () => {
  const server = await startServer()
  const { app, http, store } = await signIn(server)
  app.config.errorHandler = (error) => {
    throw error
  }
  store.$onAction(() => {
    throw new Error('a listener of the app')
  })
  server.expire()

  expect(await http.get('/items/1')).toMatchObject({ status: 200 })
  expectConsole('error', 'a listener of the app')
})

test('6. an onSessionEnd that throws is told of once, and the requests get their own errors', async () => {
  const server = await startServer()
  const { http, store } = await signIn(server, {
    onSessionEnd: () => {
      throw new Error('a hook of the app')
    },
  })
  server.refusing = true
  server.expire()

  const { errors } = await outcomes(times(3, (n) => http.get(`/items/${n}`)))

  expectConsole('error', 'a hook of the app')
  expect(errors.map((error) => (error as AuthError).code)).toEqual(times(3, () => 'ERR_AUTH_EXPIRED'))
  expect(store.status).toBe('expired')
})

test('7. a listener of the refresh that sends a request and waits for it does not deadlock', async () => {
  const server = await startServer()
  const { http, store } = await signIn(server)
  const own: number[] = []
  store.$onAction(({ name, after }) => {
    if (name !== 'refresh') return
    after(async () => own.push((await http.get('/own/after')).status))
    void http.get('/own/before').then(({ status }) => own.push(status))
  })
  server.expire()

  expect(await http.get('/items/1')).toMatchObject({ status: 200 })
  await vi.waitFor(() => expect(own).toEqual([200, 200]))
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('7. a subscriber of the state that sends a request and waits for it does not deadlock', async () => {
  const server = await startServer()
  const { http, store } = await signIn(server)
  const own = Promise.withResolvers<number>()
  const unsubscribe = store.$subscribe(
    async () => {
      unsubscribe()
      own.resolve((await http.get('/own')).status)
    },
    { flush: 'sync' },
  )
  server.expire()
  store.user = { name: 'Ada' }

  expect(await http.get('/items/1')).toMatchObject({ status: 200 })
  expect(await own.promise).toBe(200)
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('8. a token endpoint that answers 401 is asked once and signs out once', async () => {
  const server = await startServer()
  const onSessionEnd = vi.fn<(reason: string) => void>()
  const { http, store } = await signIn(server, { onSessionEnd })
  server.expire()
  server.faults.push(...times(9, () => ({ status: 401 })))

  expect(await failure(http.get('/items/1'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })

  expect(server.to('/auth/refresh')).toHaveLength(1)
  expect(onSessionEnd.mock.calls).toEqual([['expired', { cause: expect.anything() }]])
  expect(store.status).toBe('expired')
})
