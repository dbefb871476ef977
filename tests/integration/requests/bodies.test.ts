import { Readable } from 'node:stream'
import axios, { type AxiosError } from 'axios'
import { describe, expect, test, vi } from 'vitest'
import { failure } from '../../support/outcomes.ts'
import type { Arrival } from '../../support/strict-server.ts'
import { signIn, startServer } from '../../support/world.ts'

const BYTES = Uint8Array.from({ length: 4_096 }, (_, index) => (index * 37) % 256)
const UNICODE = 'Zoë, 雪, \u{1F680} & "quotes" \\ \u0000'

function formData(): FormData {
  const form = new FormData()
  form.append('name', UNICODE)
  form.append('name', 'twice')
  form.append('file', new File([BYTES], 'bytes.bin', { type: 'application/x-bytes' }))
  form.append('blob', new Blob(['plain text']), 'note.txt')
  return form
}

type Body = [name: string, make: () => unknown, headers?: Record<string, string>]

const bodies: Body[] = [
  ['an object', () => ({ name: UNICODE, list: [1, 2.5, null, true], nested: { at: new Date(0) } })],
  ['an empty object', () => ({})],
  ['a list', () => [1, 'two', { three: 3 }]],
  ['a string', () => UNICODE],
  ['a string of JSON', () => '{"spaced" :  "out"}', { 'Content-Type': 'application/json' }],
  ['a string with JSON as its type', () => 'quoted', { 'Content-Type': 'application/json' }],
  ['an empty string', () => ''],
  ['null', () => null],
  ['nothing', () => undefined],
  ['a number with JSON as its type', () => 42, { 'Content-Type': 'application/json' }],
  ['an object that is sent as a form', () => ({ a: UNICODE, b: [1, 2] }), FORM()],
  ['URLSearchParams', () => new URLSearchParams({ name: UNICODE, empty: '' })],
  ['FormData', formData],
  ['FormData that is sent as JSON', formData, { 'Content-Type': 'application/json' }],
  ['a Blob', () => new Blob([BYTES], { type: 'application/x-bytes' })],
  ['a Blob without a type', () => new Blob([UNICODE])],
  ['a File', () => new File([BYTES], 'bytes.bin', { type: 'application/x-bytes' })],
  ['an ArrayBuffer', () => BYTES.slice().buffer],
  ['a Uint8Array', () => BYTES.slice()],
  ['a part of a Uint8Array', () => BYTES.slice().subarray(100, 200)],
  ['a Float64Array', () => Float64Array.from([1.5, -2.25, 1e300])],
  ['a DataView', () => new DataView(BYTES.slice().buffer)],
  ['a Buffer', () => Buffer.from(BYTES)],
  ['a part of a Buffer', () => Buffer.from(BYTES).subarray(7, 77)],
  ['an empty Buffer', () => Buffer.alloc(0)],
]

function FORM(): Record<string, string> {
  return { 'Content-Type': 'application/x-www-form-urlencoded' }
}

function chunks(...texts: string[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text))
      controller.close()
    },
  })
}

/** A request without what differs by its nature: the boundary of a form is drawn by lot each time it is sent. */
function essence({ body, headers, method }: Arrival) {
  const text = body.toString('latin1')
  const boundary = /^--(\S+)\r\nContent-Disposition/.exec(text)?.[1]
  const plain = (part: string) => (boundary === undefined ? part : part.replaceAll(boundary, 'boundary'))
  return { method, type: plain(headers['content-type'] ?? ''), body: plain(text) }
}

describe.each(['http', 'fetch'] as const)('with the adapter %s', (adapter) => {
  test.each(bodies)(
    '%s is what axios itself would send, and is sent again byte for byte',
    async (_name, make, headers = {}) => {
      const server = await startServer()
      const { http } = await signIn(server, { axios: { adapter } })
      server.expire()

      await axios.post(`${server.url}/public`, make(), { adapter, headers })
      const answer = await http.post('/items/1', make(), { headers })

      expect(answer.status).toBe(200)
      const [reference] = server.to('/public')
      const sent = server.to('/items')
      expect(sent.map(({ status }) => status)).toEqual([401, 200])
      for (const arrival of sent) {
        expect(essence(arrival)).toEqual(essence(reference!))
        // No length of another body cuts this one off.
        const { 'content-length': length } = arrival.headers
        expect(length === undefined || Number(length) === arrival.body.length).toBe(true)
      }
    },
  )

  test.each(['put', 'patch', 'delete'] as const)('the body of a %s is sent again', async (method) => {
    const server = await startServer()
    const { http } = await signIn(server, { axios: { adapter } })
    server.expire()

    await http.request({ url: '/items/1', method, data: { name: UNICODE } })

    expect(server.to('/items').map(({ body }) => JSON.parse(body.toString()))).toEqual([
      { name: UNICODE },
      { name: UNICODE },
    ])
  })

  test('headers, query and method are sent again as they were', async () => {
    const server = await startServer()
    const { http } = await signIn(server, { axios: { adapter } })
    server.expire()

    await http.put('/items/1', 'x', {
      params: { q: UNICODE, list: [1, 2] },
      headers: { 'X-Trace': 'abc', 'Content-Type': 'text/plain', 'If-Match': '"7"' },
    })

    const [first, second] = server.to('/items')
    const { authorization: before, ...firstHeaders } = first!.headers
    const { authorization: after, ...secondHeaders } = second!.headers
    expect([before, after]).toEqual(['Bearer AT-1-1', 'Bearer AT-1-2'])
    expect(secondHeaders).toEqual(firstHeaders)
    expect(second!.path).toBe(first!.path)
    expect(second!.method).toBe('PUT')
  })

  test('transformRequest and transformResponse run once although the request is sent twice', async () => {
    const server = await startServer()
    const { http } = await signIn(server, { axios: { adapter } })
    server.expire()
    const transformRequest = vi.fn((data: unknown, headers: Record<string, unknown>) => {
      headers['X-Runs'] = transformRequest.mock.calls.length
      return JSON.stringify({ wrapped: data })
    })
    const transformResponse = vi.fn((data: string) => ({ unwrapped: JSON.parse(data) as unknown }))

    const answer = await http.post('/items/1', 'own', { transformRequest, transformResponse })

    expect(transformRequest).toHaveBeenCalledOnce()
    expect(transformResponse).toHaveBeenCalledOnce()
    expect(answer.data).toEqual({ unwrapped: { path: '/items/1', session: 1 } })
    expect(server.to('/items').map(({ body, headers }) => [body.toString(), headers['x-runs']])).toEqual([
      ['{"wrapped":"own"}', '1'],
      ['{"wrapped":"own"}', '1'],
    ])
  })

  test('transforms among the defaults run once for each request, and once for the refresh', async () => {
    const server = await startServer()
    const transformRequest = vi.fn((data: unknown) => JSON.stringify(data))
    const transformResponse = vi.fn((data: string) => JSON.parse(data) as unknown)
    const { http } = await signIn(server, { axios: { adapter, transformRequest, transformResponse } })
    server.expire()
    transformRequest.mockClear()

    await http.post('/items/1', { own: 'body' })

    expect(transformRequest.mock.calls.map(([data]) => data)).toEqual([
      { own: 'body' },
      { refresh_token: 'RT-1-1' },
    ])
    expect(transformResponse).toHaveBeenCalledTimes(2)
  })

  test('progress is told of both ways, up to the end', async () => {
    const server = await startServer()
    const { http } = await signIn(server, { axios: { adapter } })
    server.expire()
    const up: number[] = []
    const down: number[] = []
    const body = Buffer.alloc(300_000, 'x')

    await http.post('/items/1', body, {
      onUploadProgress: ({ loaded }) => up.push(loaded),
      onDownloadProgress: ({ loaded }) => down.push(loaded),
    })

    expect(server.to('/items').map(({ body: sent }) => sent.length)).toEqual([300_000, 300_000])
    // The last word of axios' throttle comes a moment later.
    await vi.waitFor(() => expect(up.at(-1)).toBe(300_000))
    await vi.waitFor(() => expect(down.at(-1)).toBe(JSON.stringify({ path: '/items/1', session: 1 }).length))
  })

  test('an empty answer arrives as it is', async () => {
    const server = await startServer()
    const { http } = await signIn(server, { axios: { adapter } })
    server.expire()

    expect(await http.delete('/empty/1')).toMatchObject({ status: 204, data: '' })
    expect(server.to('/empty').map(({ status }) => status)).toEqual([401, 204])
  })
})

test('a form whose boundary the caller chose is sent again with that boundary', async () => {
  const server = await startServer()
  const { http } = await signIn(server, { axios: { adapter: 'http' } })
  server.expire()

  await http.post('/items/1', formData(), {
    headers: { 'Content-Type': 'multipart/form-data; boundary=mine-and-mine-alone' },
  })

  const [first, second] = server.to('/items')
  expect(first!.body.toString('latin1')).toContain('--mine-and-mine-alone')
  expect(second!.body.equals(first!.body)).toBe(true)
})

describe('a body that is gone once it is sent', () => {
  const streams: Array<[string, 'http' | 'fetch', () => unknown]> = [
    ['a Node stream', 'http', () => Readable.from(['one ', 'two'])],
    ['a ReadableStream', 'fetch', () => new Blob(['one two']).stream()],
    ['a ReadableStream of several chunks', 'fetch', () => chunks('one ', 'two')],
  ]

  test.each(streams)(
    '%s is sent once, the caller gets the 401 and the next one a fresh token',
    async (_name, adapter, make) => {
      const server = await startServer()
      const { http, store } = await signIn(server, { axios: { adapter } })
      server.expire()

      const error = (await failure(http.post('/items/1', make(), { maxRedirects: 0 }))) as AxiosError

      expect(error).toMatchObject({
        name: 'AxiosError',
        response: { status: 401, data: { path: '/items/1' } },
      })
      expect(server.to('/items').map(({ body }) => body.toString())).toEqual(['one two'])
      await vi.waitFor(() => expect(store.accessToken).toBe('AT-1-2'))
      expect((await http.post('/items/2', make(), { maxRedirects: 0 })).status).toBe(200)
      expect(server.to('/items/2').map(({ body }) => body.toString())).toEqual(['one two'])
      expect(server.to('/auth/refresh')).toHaveLength(1)
    },
  )

  test.each(streams)(
    '%s that waits for a token first is sent once it has one',
    async (_name, adapter, make) => {
      const server = await startServer()
      const { http, store } = await signIn(server, { axios: { adapter } })
      await store.setTokens({ ...server.grant(), expiresAt: Date.now() - 1 })

      expect((await http.post('/items/1', make(), { maxRedirects: 0 })).status).toBe(200)

      expect(server.to('/items').map(({ body }) => body.toString())).toEqual(['one two'])
    },
  )

  test.each(streams)('%s is not sent again either where its 401 comes late', async (_name, adapter, make) => {
    const server = await startServer()
    const late = Promise.withResolvers<void>()
    server.hold = ({ path }) => (path === '/items/late' ? late.promise : undefined)
    const { http } = await signIn(server, { axios: { adapter } })
    server.expire()

    const request = failure(http.post('/items/late', make(), { maxRedirects: 0 }))
    await server.arrived('/items/late')
    await http.get('/items/1')
    late.resolve()

    expect(await request).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
    expect(server.to('/items/late')).toHaveLength(1)
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test('a form that axios makes of an object in Node is such a stream: it is never sent empty', async () => {
    const server = await startServer()
    const { http } = await signIn(server, { axios: { adapter: 'http' } })
    server.expire()

    await failure(http.postForm('/items/1', { name: 'ada' }))

    expect(server.to('/items')).toHaveLength(1)
    expect(server.to('/items')[0]?.body.toString()).toContain('name="name"')
  })
})
