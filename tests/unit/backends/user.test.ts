import axios, { type AxiosInstance } from 'axios'
import { setupCache } from 'axios-cache-interceptor'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type AuthBackend, httpBackend } from '../../../src/index.ts'
import { failure } from '../../support/outcomes.ts'
import { ada, bob } from '../../support/people.ts'
import { type Said, recordingAdapter } from '../../support/recording-adapter.ts'

/** An application's instance, before a server that answers likewise. */
function instance(answer: () => Said): AxiosInstance {
  return axios.create({ baseURL: '/api', adapter: recordingAdapter(answer).adapter })
}

const as =
  (user: unknown): (() => Said) =>
  () => ({ data: JSON.stringify(user) })

async function load(http: AxiosInstance, options: Parameters<typeof httpBackend>[0] = {}): Promise<unknown> {
  const backend: AuthBackend = httpBackend({ user: '/me', ...options })
  return backend.user!(http, null)
}

describe('the user', () => {
  it.each<[string, (http: AxiosInstance) => unknown]>([
    ['nothing', () => {}],
    ['response.data', (http) => http.interceptors.response.use(({ data }) => data)],
    ['what is inside', (http) => http.interceptors.response.use(({ data }) => data.data)],
    ['nothing at all', (http) => http.interceptors.response.use(() => undefined as never)],
  ])('finding 21: is as the server sent it where an interceptor makes %s of answers', async (_, prepare) => {
    const http = instance(as({ ...ada, data: { data: bob } }))
    prepare(http)

    expect(await load(http)).toEqual({ ...ada, data: { data: bob } })
  })

  it('has passed the transforms of the instance', async () => {
    const http = instance(as({ user_name: 'ada' }))
    http.defaults.transformResponse = (text: string) => ({ userName: JSON.parse(text).user_name })

    expect(await load(http)).toEqual({ userName: 'ada' })
  })

  it('is what the endpoint selects', async () => {
    const user = { url: '/me', select: ({ data }: { data: object }) => data }

    expect(await load(instance(as({ data: ada })), { user })).toEqual(ada)
  })

  it('is asked for with credentials where a cookie carries the session', async () => {
    const { adapter, sent } = recordingAdapter(as(ada))
    const http = axios.create({ adapter })

    await load(http)
    await load(http, { cookie: true })
    await load(http, { cookie: 'session' })

    expect(sent.map(({ withCredentials }) => withCredentials)).toEqual([undefined, true, true])
  })

  it('finding 53: is answered by no cache', async () => {
    let answers = 0
    const http = setupCache(instance(() => ({ data: JSON.stringify([ada, bob][answers++]) })))

    expect(await load(http)).toEqual(ada)
    expect(await load(http)).toEqual(bob)
  })
})

describe("the browser's own cache", () => {
  const cacheControl = async (url: string, baseURL = '/api') => {
    const { adapter, sent } = recordingAdapter(as(ada))
    await load(axios.create({ baseURL, adapter }), { user: url })
    return sent[0]?.headers.get('Cache-Control')
  }

  beforeEach(() => {
    vi.stubGlobal('location', new URL('https://app.ok/page'))
    onTestFinished(() => void vi.unstubAllGlobals())
  })

  it('is asked for nothing on the origin of the page', async () => {
    expect(await cacheControl('/me')).toBe('no-cache')
    expect(await cacheControl('https://app.ok/me')).toBe('no-cache')
    expect(await cacheControl('/me', 'https://app.ok/api')).toBe('no-cache')
  })

  it('is left alone where another origin would have to allow the header, and outside of a page', async () => {
    expect(await cacheControl('https://api.ok/me')).toBeUndefined()
    expect(await cacheControl('/me', 'https://api.ok')).toBeUndefined()
    expect(await cacheControl('//api.ok/me')).toBeUndefined()
    vi.stubGlobal('location', undefined)
    expect(await cacheControl('/me')).toBeUndefined()
  })
})

describe('finding 54: a user that cannot be loaded', () => {
  it.each(['<!doctype html><p>Welcome to our wifi', '', 'null', '[]', '"ada"', '17'])(
    'is one that is %s',
    async (data) => {
      const error = await failure(load(instance(() => ({ data }))))

      expect(error).toMatchObject({ code: 'ERR_BAD_RESPONSE', response: { status: 200 } })
    },
  )

  it('is one that the endpoint does not select', async () => {
    const user = { url: '/me', select: (body: { user?: object }) => body.user }

    expect(await failure(load(instance(as({})), { user }))).toMatchObject({ code: 'ERR_BAD_RESPONSE' })
  })

  it('rejects with the error of the request', async () => {
    const http = instance(() => ({ status: 403, data: '{"detail":"no"}' }))

    expect(await failure(load(http))).toMatchObject({ response: { status: 403, data: { detail: 'no' } } })
  })

  it('is none where an interceptor swallows the error, or the instance takes every status for a success', async () => {
    const swallowing = instance(() => ({ status: 500, data: JSON.stringify(ada) }))
    swallowing.interceptors.response.use(undefined, () => ({ data: bob }))
    const lenient = instance(() => ({ status: 401, data: JSON.stringify(ada) }))
    lenient.defaults.validateStatus = () => true

    expect(await failure(load(swallowing))).toMatchObject({ response: { status: 500 } })
    expect(await failure(load(lenient))).toMatchObject({ response: { status: 401 } })
  })

  it('is none where the network has failed and an interceptor makes nothing of it', async () => {
    const http = axios.create({ adapter: () => Promise.reject(new Error('Network Error')) })
    http.interceptors.response.use(undefined, () => undefined)

    expect(await failure(load(http))).toMatchObject({ code: 'ERR_BAD_RESPONSE' })
  })

  it('rejects with what an interceptor throws', async () => {
    const http = instance(as({ code: 17 }))
    http.interceptors.response.use(({ data }) => Promise.reject(new Error(`code ${data.code}`)))

    expect(await failure(load(http))).toMatchObject({ message: 'code 17' })
  })
})
