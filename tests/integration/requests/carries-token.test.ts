import axios from 'axios'
import { describe, expect, test } from 'vitest'
import { createAuthAxios } from '../../../src/index.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { gate } from '../../support/gate.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'
import { Shelf } from '../../support/shelf.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

const authorizations = (server: StrictServer) => server.to('/items').map(({ authorization }) => authorization)

describe('rule 1: with a session, a request', () => {
  test.each([
    ['Bearer', 'Bearer'],
    ['bearer', 'Bearer'],
    ['BEARER', 'Bearer'],
    ['DPoP', 'DPoP'],
    ['MAC', 'MAC'],
    [undefined, 'Bearer'],
  ])('carries the token as the type %s wants it', async (token_type, scheme) => {
    const server = await startServer()
    const { http, store } = await signIn(server)
    await store.setTokens({ ...server.grant(), token_type })

    await outcomes([http.get('/items/1')])

    expect(server.to('/items')[0]?.authorization).toBe(`${scheme} AT-2-1`)
  })

  test.each(['get', 'delete', 'head', 'options', 'post', 'put', 'patch'] as const)(
    'carries it with %s',
    async (method) => {
      const server = await startServer()
      const { http } = await signIn(server)

      await http.request({ url: '/items/1', method })

      expect(authorizations(server)).toEqual(['Bearer AT-1-1'])
    },
  )

  test('carries basic credentials in its place where the caller gave some, and their 401 is his own', async () => {
    const server = await startServer()
    const { http } = await signIn(server)

    const error = await failure(http.get('/items/1', { auth: { username: 'ada', password: 'ada' } }))

    expect(error).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
    expect(authorizations(server)).toEqual([`Basic ${btoa('ada:ada')}`])
    expect(server.to('/auth/refresh')).toEqual([])
  })

  test('carries nothing where it says withAuth: false, does not wait and is not sent again', async () => {
    const server = await startServer()
    const storage = new Shelf()
    const reading = gate()
    storage.before = () => reading.passed
    const { http, store } = visit(server, { storage })

    expect(await failure(http.get('/items/1', { withAuth: false }))).toMatchObject({
      name: 'AxiosError',
      response: { status: 401 },
    })

    expect(store.status).toBe('pending')
    expect(authorizations(server)).toEqual([undefined])
    reading.open()
  })

  test('obeys a withAuth: false among the defaults, and a request that says otherwise', async () => {
    const server = await startServer()
    const { http } = await signIn(server, { axios: { withAuth: false } as object })

    await outcomes([http.get('/items/1'), http.get('/items/2', { withAuth: true })])

    expect(new Map(server.to('/items').map(({ path, authorization }) => [path, authorization]))).toEqual(
      new Map([
        ['/items/1', undefined],
        ['/items/2', 'Bearer AT-1-1'],
      ]),
    )
  })

  test('obeys a withAuth: false that an interceptor of the app sets', async () => {
    const server = await startServer()
    const { http } = await signIn(server)
    http.interceptors.request.use((config) => ({ ...config, withAuth: false }))

    await failure(http.get('/items/1'))

    expect(authorizations(server)).toEqual([undefined])
    expect(server.to('/auth/refresh')).toEqual([])
  })

  test('obeys a withAuth: false that an interceptor of an adopted instance sets', async () => {
    const server = await startServer()
    const own = axios.create({ baseURL: server.url })
    own.interceptors.request.use((config) => ({ ...config, withAuth: false }))
    const { http } = await signIn(server, { axios: own })

    await failure(http.get('/items/1'))

    expect(authorizations(server)).toEqual([undefined])
    expect(server.to('/auth/refresh')).toEqual([])
  })

  test('leaves a header alone that an interceptor of the app sets', async () => {
    const server = await startServer()
    const { http } = await signIn(server)
    http.interceptors.request.use((config) => {
      config.headers.set('Authorization', 'Bearer of-the-app')
      return config
    })

    await failure(http.get('/items/1'))

    expect(authorizations(server)).toEqual(['Bearer of-the-app'])
    expect(server.to('/auth/refresh')).toEqual([])
    expectConsole('warn', 'Authorization header of its own')
  })

  test('leaves a header alone that an interceptor of an adopted instance sets', async () => {
    const server = await startServer()
    const own = axios.create({ baseURL: server.url })
    own.interceptors.request.use((config) => {
      config.headers.set('Authorization', 'Bearer of-the-app')
      return config
    })
    const { http } = await signIn(server, { axios: own })

    await failure(http.get('/items/1'))

    expect(authorizations(server)).toEqual(['Bearer of-the-app'])
    expectConsole('warn', 'Authorization header of its own')
  })

  test('waits for the stored session before it is sent', async () => {
    const server = await startServer()
    const storage = new Shelf()
    const first = await signIn(server, { storage })
    first.app.unmount()
    const reading = gate()
    storage.before = (operation) => (operation === 'getItem' ? reading.passed : undefined)
    const { http, store } = visit(server, { storage })

    const requests = Promise.all(times(3, (n) => http.get(`/items/${n}`)))
    await http.get('/public', { withAuth: false })
    expect(store.status).toBe('pending')
    expect(server.to('/items')).toEqual([])
    reading.open()
    await requests

    expect(authorizations(server)).toEqual(times(3, () => 'Bearer AT-1-1'))
  })
})

describe('rule 1: a default Authorization of an adopted instance', () => {
  test.each<[string, object]>([
    ['among the headers', { Authorization: 'Bearer of-the-defaults' }],
    ['among the common headers', { common: { Authorization: 'Bearer of-the-defaults' } }],
    ['among the headers of its method', { get: { Authorization: 'Bearer of-the-defaults' } }],
    ['in lower case', { authorization: 'Bearer of-the-defaults' }],
  ])('%s is replaced, with one warning', async (_name, headers) => {
    const server = await startServer()
    const { http } = await signIn(server, { axios: axios.create({ baseURL: server.url, headers }) })

    await Promise.all(times(3, (n) => http.get(`/items/${n}`)))
    server.expire()
    await http.get('/items/x')

    expect(new Set(authorizations(server))).toEqual(new Set(['Bearer AT-1-1', 'Bearer AT-1-2']))
    expectConsole('warn', 'default Authorization header', 1)
  })

  test('that is set later, as guides tell it, is replaced as well', async () => {
    const server = await startServer()
    const { http } = await signIn(server)
    http.defaults.headers.common.Authorization = 'Bearer of-a-guide'

    await http.get('/items/1')

    expect(authorizations(server)).toEqual(['Bearer AT-1-1'])
    expectConsole('warn', 'default Authorization header', 1)
  })

  test('does not make a header of the request a default', async () => {
    const server = await startServer()
    const own = axios.create({
      baseURL: server.url,
      headers: { common: { Authorization: 'Bearer default' } },
    })
    const { http } = await signIn(server, { axios: own })

    await failure(http.get('/items/1', { headers: { Authorization: 'Bearer mine' } }))

    expect(authorizations(server)).toEqual(['Bearer mine'])
    expectConsole('warn', 'Authorization header of its own')
  })
})

describe('rule 1: without a session, a request', () => {
  test('goes out without a token, and its 401 is its own', async () => {
    const server = await startServer()
    const { http, store } = visit(server)

    expect(await failure(http.get('/items/1'))).toMatchObject({
      name: 'AxiosError',
      response: { status: 401 },
    })

    expect(authorizations(server)).toEqual([undefined])
    expect(server.to('/auth/refresh')).toEqual([])
    expect(store.status).toBe('anonymous')
  })

  test('rejects before the install, and says what to do', async () => {
    const server = await startServer()
    const { http } = createAuthAxios({ axios: { baseURL: server.url } })

    expect(String(await failure(http.get('/items/1')))).toContain('app.use(')

    expect(server.arrivals).toEqual([])
  })

  test('that came back with a session in the meantime keeps its 401', async () => {
    const server = await startServer()
    const late = gate()
    server.hold = ({ path }) => (path === '/items/1' ? late.passed : undefined)
    const { http, store } = visit(server)

    const request = failure(http.get('/items/1'))
    await server.arrived('/items/1')
    await store.login({})
    late.open()

    expect(await request).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
    expect(server.to('/items')).toHaveLength(1)
  })
})
