import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import axios, { type AxiosRequestConfig, type AxiosResponse } from 'axios'
import { describe, expect, test, vi } from 'vitest'
import { failure } from '../../support/outcomes.ts'
import { signIn, startServer } from '../../support/world.ts'

/** What is asked of a request after its token died, by one of the adapters. */
async function afterExpiry(adapter: 'http' | 'fetch', config: AxiosRequestConfig) {
  const server = await startServer()
  server.answers = ({ path }, isAuthorised) => {
    if (!isAuthorised) return undefined
    if (path.startsWith('/items/gzip')) {
      return {
        status: 200,
        headers: { 'content-encoding': 'gzip' },
        body: gzipSync('{"from":"gzip"}'),
      }
    }
    if (path.startsWith('/items/away')) return { status: 302, headers: { location: '/public' } }
    if (path.startsWith('/items/bytes')) return { status: 200, body: Buffer.from([0, 255, 128, 10]) }
    if (path.startsWith('/items/broken')) return { status: 200, body: '{"half":' }
    return undefined
  }
  const { http } = await signIn(server, { axios: { adapter } })
  server.expire()
  const answer = await http.request(config)
  return { answer, server }
}

describe.each(['http', 'fetch'] as const)('on a replay with the adapter %s', (adapter) => {
  test.each<[NonNullable<AxiosRequestConfig['responseType']>, (answer: AxiosResponse) => unknown]>([
    ['json', ({ data }) => data.path],
    ['text', ({ data }) => JSON.parse(data as string).path],
    ['arraybuffer', ({ data }) => JSON.parse(Buffer.from(data as ArrayBuffer).toString()).path],
  ])('responseType %s works', async (responseType, pathOf) => {
    const { answer, server } = await afterExpiry(adapter, { url: '/items/1', responseType })

    expect(pathOf(answer)).toBe('/items/1')
    expect(server.to('/items')).toHaveLength(2)
  })

  test('bytes arrive as they are', async () => {
    const { answer } = await afterExpiry(adapter, { url: '/items/bytes', responseType: 'arraybuffer' })

    expect([...new Uint8Array(answer.data as ArrayBuffer)]).toEqual([0, 255, 128, 10])
  })

  test('a compressed answer is unpacked', async () => {
    const { answer } = await afterExpiry(adapter, { url: '/items/gzip' })

    expect(answer.data).toEqual({ from: 'gzip' })
  })

  test('a body that is not JSON is text', async () => {
    const { answer } = await afterExpiry(adapter, { url: '/items/broken' })

    expect(answer.data).toBe('{"half":')
  })

  test('maxRedirects: 0 does not follow', async () => {
    const validateStatus = (status: number) => status < 400
    const { answer, server } = await afterExpiry(adapter, {
      url: '/items/away',
      maxRedirects: 0,
      validateStatus,
    })

    expect(answer.status).toBe(302)
    expect(server.to('/public')).toEqual([])
    expect(server.to('/items')).toHaveLength(2)
  })

  test('redirects are followed', async () => {
    const { answer } = await afterExpiry(adapter, { url: '/items/away' })

    expect(answer.data).toEqual({ public: true })
  })

  test('params and paramsSerializer make the same query', async () => {
    const { server } = await afterExpiry(adapter, {
      url: '/items/1',
      params: { ids: [3, 1, 2], at: 'x y' },
      paramsSerializer: { serialize: ({ ids, at }) => `ids=${ids.join('.')}&at=${encodeURIComponent(at)}` },
    })

    expect(server.to('/items').map(({ path }) => path)).toEqual([
      '/items/1?ids=3.1.2&at=x%20y',
      '/items/1?ids=3.1.2&at=x%20y',
    ])
  })

  test('a baseURL of its own is kept', async () => {
    const server = await startServer()
    const { http } = await signIn(server, { axios: { adapter, baseURL: server.url } })
    server.expire()

    const answer = await http.get('deep/1', { baseURL: `${server.url}/items/other/` })

    expect(answer.data.path).toBe('/items/other/deep/1')
    expect(server.to('/items').map(({ path }) => path)).toEqual([
      '/items/other/deep/1',
      '/items/other/deep/1',
    ])
  })

  test('a validateStatus of its own judges the answer', async () => {
    const server = await startServer()
    server.answers = ({ path }, isAuthorised) =>
      path === '/items/1' && isAuthorised ? { status: 418 } : undefined
    const { http } = await signIn(server, { axios: { adapter } })
    server.expire()

    expect((await http.get('/items/1', { validateStatus: (status) => status === 418 })).status).toBe(418)
    server.expire()
    expect(await failure(http.get('/items/1'))).toMatchObject({ response: { status: 418 } })
  })

  test('a cancelToken that is never used changes nothing', async () => {
    const source = axios.CancelToken.source()
    const { answer } = await afterExpiry(adapter, { url: '/items/1', cancelToken: source.token })

    expect(answer.status).toBe(200)
    source.cancel('too late to matter')
  })

  test('a cancelToken ends it', async () => {
    const server = await startServer()
    server.hold = ({ authorization }) =>
      authorization === 'Bearer AT-1-2' ? new Promise(() => {}) : undefined
    const { http } = await signIn(server, { axios: { adapter } })
    server.expire()
    const source = axios.CancelToken.source()

    const cancelled = failure(http.get('/items/1', { cancelToken: source.token }))
    await server.arrived('/items/1', 2)
    source.cancel('the page was left')

    expect(await cancelled).toMatchObject({ code: 'ERR_CANCELED', message: 'the page was left' })
  })

  test('the answer tells the request of the caller and the URL it came from', async () => {
    const { answer } = await afterExpiry(adapter, { url: '/items/1', headers: { 'X-Own': '1' } })

    expect(answer.config).toMatchObject({ url: '/items/1', method: 'get' })
    expect(answer.headers['content-type']).toBe('application/json')
    expect(answer.request).toBeDefined()
  })
})

test('a streamed answer is a stream, and whole, with http', async () => {
  const { answer } = await afterExpiry('http', { url: '/stream/1', responseType: 'stream' })

  expect(await text(answer.data as Readable)).toBe('one two')
})

test('a streamed answer is a stream, and whole, with fetch', async () => {
  const { answer } = await afterExpiry('fetch', { url: '/stream/1', responseType: 'stream' })

  expect(await new Response(answer.data as ReadableStream).text()).toBe('one two')
})

test('a Blob is a Blob, with fetch', async () => {
  const { answer } = await afterExpiry('fetch', { url: '/items/1', responseType: 'blob' })

  expect(answer.data).toBeInstanceOf(Blob)
  expect(JSON.parse(await (answer.data as Blob).text()).path).toBe('/items/1')
})

test('decompress: false leaves the answer as it was packed, with http', async () => {
  const { answer } = await afterExpiry('http', {
    url: '/items/gzip',
    decompress: false,
    responseType: 'arraybuffer',
  })

  expect(Buffer.from(answer.data as ArrayBuffer).equals(gzipSync('{"from":"gzip"}'))).toBe(true)
})

test('maxContentLength judges the replay by itself', async () => {
  const server = await startServer()
  server.answers = ({ path }, isAuthorised) =>
    path === '/items/1' && isAuthorised ? { status: 200, body: 'x'.repeat(5_000) } : undefined
  const { http } = await signIn(server)
  server.expire()

  expect(await failure(http.get('/items/1', { maxContentLength: 1_000 }))).toMatchObject({
    code: 'ERR_BAD_RESPONSE',
  })
  expect(server.to('/items')).toHaveLength(2)
})

test.each<[string, AxiosRequestConfig]>([
  ['stream', { responseType: 'stream' }],
  ['arraybuffer', { responseType: 'arraybuffer' }],
  ['text', { responseType: 'text' }],
])('a 401 that ends the session arrives although the responseType is %s', async (_name, config) => {
  const server = await startServer()
  const { http } = await signIn(server)
  server.expire()
  server.refusing = true

  expect(await failure(http.get('/items/1', config))).toMatchObject({
    code: 'ERR_AUTH_EXPIRED',
    response: { status: 401 },
  })
})

test('the refresh takes settings that are changed after the install', async () => {
  const server = await startServer()
  const { http } = await signIn(server, { axios: { baseURL: 'http://127.0.0.1:9', timeout: 5_000 } })
  http.defaults.baseURL = server.url
  http.defaults.headers.common['X-Tenant'] = 'north'
  http.defaults.adapter = 'fetch'
  server.expire()

  expect((await http.get('/items/1')).status).toBe(200)

  expect(server.to('/auth/refresh').map(({ headers }) => headers['x-tenant'])).toEqual(['north'])
})

test('an adapter that is put on the defaults later is the one that is called, for the refresh too', async () => {
  const server = await startServer()
  const { http, store } = await signIn(server)
  const adapter = vi.fn((config) => axios.getAdapter('http')(config))
  http.defaults.adapter = adapter
  server.expire()

  expect((await http.get('/items/1')).status).toBe(200)

  expect(adapter.mock.calls.map(([{ url }]) => url)).toEqual(['/items/1', '/auth/refresh', '/items/1'])
  http.defaults.adapter = 'http'
  await http.get('/items/2')
  await store.refresh()
  expect(adapter).toHaveBeenCalledTimes(3)
})

test('an adapter of one request is called for it and its replay', async () => {
  const server = await startServer()
  const { http } = await signIn(server)
  const adapter = vi.fn((config) => axios.getAdapter('http')(config))
  server.expire()

  expect((await http.get('/items/1', { adapter })).status).toBe(200)

  expect(adapter.mock.calls.map(([{ url }]) => url)).toEqual(['/items/1', '/items/1'])
})
