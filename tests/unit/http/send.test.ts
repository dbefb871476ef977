import axios, { AxiosError, type AxiosAdapter, AxiosHeaders, type InternalAxiosRequestConfig } from 'axios'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../../src/http/connect.ts'
import { adapterOf, deliver, sender } from '../../../src/http/send.ts'
import { failure } from '../../support/outcomes.ts'
import { recordingAdapter } from '../../support/recording-adapter.ts'

const TOKENS = { accessToken: 'AT1', refreshToken: 'RT1' }

const authorize = (headers: AxiosHeaders, { accessToken }: { accessToken: string }) =>
  void headers.set('Authorization', `Bearer ${accessToken}`)

const request = (more: Partial<InternalAxiosRequestConfig> = {}): InternalAxiosRequestConfig => ({
  url: '/x',
  headers: new AxiosHeaders({ 'X-Own': 'yes' }),
  validateStatus: (status) => status < 300,
  ...more,
})

describe('a request that is sent', () => {
  it('carries the tokens it is given', async () => {
    const { adapter, sent, authorizations } = recordingAdapter()
    const send = sender(request(), adapter, authorize)

    await send(TOKENS)
    await send({ accessToken: 'AT2' })

    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT2'])
    expect(sent.map(({ headers }) => headers.get('X-Own'))).toEqual(['yes', 'yes'])
  })

  it('carries none where there are none', async () => {
    const { adapter, authorizations } = recordingAdapter()

    await sender(request(), adapter, authorize)(null)

    expect(authorizations()).toEqual([undefined])
  })

  it('carries no token of the time before', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const send = sender(request(), adapter, authorize)

    await send(TOKENS)
    await send(null)

    expect(authorizations()).toEqual(['Bearer AT1', undefined])
  })

  it('goes out with the same body each time', async () => {
    const { adapter, sent } = recordingAdapter()
    const data = new Blob(['a'])
    const send = sender(request({ data }), adapter, authorize)

    await send(TOKENS)
    await send(TOKENS)

    expect(sent.map((config) => config.data)).toEqual([data, data])
    expect(sent[0]?.data).toBe(data)
  })

  it('is not changed by what the adapter does to it', async () => {
    const config = request({ data: 'a' })
    const adapter: AxiosAdapter = async (given) => {
      given.headers.set('Content-Length', '1')
      given.data = 'changed'
      return { data: '', status: 200, statusText: '', headers: {}, config: given }
    }

    await sender(config, adapter, authorize)(TOKENS)

    expect(config.data).toBe('a')
    expect(config.headers.toJSON()).toEqual({ 'X-Own': 'yes' })
  })
})

describe('an answer', () => {
  it('comes back with the request as its caller knows it: without a token', async () => {
    const config = request()
    const { adapter } = recordingAdapter()

    const { response, error } = await sender(config, adapter, authorize)(TOKENS)

    expect(error).toBeUndefined()
    expect(response.config).toBe(config)
    expect(response.config.headers.has('Authorization')).toBe(false)
    expect(deliver({ response })).toBe(response)
  })

  it('is one also where axios takes it for an error, and its caller gets that', async () => {
    const config = request()
    const { adapter } = recordingAdapter(() => ({ status: 404, data: 'none' }))

    const answer = await sender(config, adapter, authorize)(TOKENS)

    expect(answer.response).toMatchObject({ status: 404, data: 'none' })
    expect(answer.response.config).toBe(config)
    expect(answer.error).toMatchObject({ config, response: answer.response })
    expect(() => deliver(answer)).toThrow(answer.error as AxiosError)
  })

  it('is none where there was no connection: the error is the caller’s, without a token', async () => {
    const config = request()
    const adapter: AxiosAdapter = (given) =>
      Promise.reject(new AxiosError('Network Error', 'ERR_NETWORK', given))

    const error = (await failure(sender(config, adapter, authorize)(TOKENS))) as AxiosError

    expect(error.message).toBe('Network Error')
    expect(error.config).toBe(config)
  })

  it('is none where the adapter fails in its own way', async () => {
    const error = new TypeError('broken')

    expect(await failure(sender(request(), () => Promise.reject(error), authorize)(TOKENS))).toBe(error)
    expect(
      await failure(
        sender(
          request(),
          () => {
            throw error
          },
          authorize,
        )(TOKENS),
      ),
    ).toBe(error)
  })
})

describe('finding 23: an adapter that answers with what belongs to another request', () => {
  const other = request({ url: '/other' })

  it('leaves that its config: an answer', async () => {
    const shared = { data: '', status: 200, statusText: '', headers: {}, config: other }

    const { response } = await sender(request(), async () => shared, authorize)(TOKENS)

    expect(response).toBe(shared)
    expect(response.config).toBe(other)
  })

  it('leaves that its config: an error, and its answer', async () => {
    const response = { data: '', status: 404, statusText: '', headers: {}, config: other }
    const shared = new AxiosError('no', undefined, other, undefined, response)

    const { error } = await sender(request(), () => Promise.reject(shared), authorize)(TOKENS)

    expect(error).toBe(shared)
    expect([shared.config, response.config]).toEqual([other, other])
    expect(shared.config).toBe(other)
  })

  it('leaves nothing behind where it answers with no config at all', async () => {
    const { response } = await sender(request(), async () => ({ status: 200 }) as never, authorize)(TOKENS)

    expect(response).toEqual({ status: 200 })
  })
})

describe('finding 20: an asynchronous `authorize`', () => {
  it('is waited for', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const later = async (headers: AxiosHeaders, tokens: { accessToken: string }) => {
      await Promise.resolve()
      authorize(headers, tokens)
    }

    await sender(request(), adapter, later)(TOKENS)

    expect(authorizations()).toEqual(['Bearer AT1'])
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no key')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no key'))],
  ])('that %s rejects the request with that error, and nothing is sent', async (_, broken) => {
    const { adapter, sent } = recordingAdapter()

    const sending = async () => sender(request(), adapter, broken)(TOKENS)

    expect(await failure(sending())).toMatchObject({ message: 'no key' })
    expect(sent).toHaveLength(0)
  })

  it('lets its request be stopped before it is sent: the session may have ended meanwhile', async () => {
    const { adapter, sent } = recordingAdapter()
    const stop = () => {
      throw new Error('signed out')
    }

    expect(await failure(sender(request(), adapter, async () => {})(TOKENS, stop))).toMatchObject({
      message: 'signed out',
    })
    expect(sent).toHaveLength(0)
    await sender(request(), adapter, () => {})(TOKENS, stop)
    expect(sent).toHaveLength(1)
  })
})

describe('finding 22: a polluted Object.prototype', () => {
  const pollute = (name: string, value: unknown) =>
    Reflect.defineProperty(Object.prototype, name, { value, writable: false, configurable: true })

  const pollution = ['onDownloadProgress', 'beforeRedirect', 'data', 'auth', 'adapter', 'withAuth']

  afterEach(() => {
    for (const name of pollution) Reflect.deleteProperty(Object.prototype, name)
  })

  it('changes nothing of what an adapter gets, and cannot stop it', async () => {
    const { adapter, sent } = recordingAdapter()
    for (const name of pollution) pollute(name, 'evil')

    const { response } = await sender(
      Object.assign(Object.create(null), request({ data: 'mine' })),
      adapter,
      authorize,
    )(TOKENS)

    expect(response.status).toBe(200)
    const [config] = sent as unknown as Array<Record<string, unknown>>
    expect(config?.data).toBe('mine')
    expect(config?.onDownloadProgress).toBeUndefined()
    expect(config?.auth).toBeUndefined()
  })

  it('changes nothing of a request that an interceptor has copied', async () => {
    const { adapter, sent } = recordingAdapter()
    const instance = axios.create({ adapter })
    connect(instance, (config) =>
      sender(config, adapterOf(config), authorize)(TOKENS).then(({ response }) => response),
    )
    instance.interceptors.request.use((config) => ({ ...config }))
    const evil = vi.fn(() => Promise.reject(new Error('evil')))
    pollute('adapter', evil)
    pollute('withAuth', false)

    await instance.get('/x', { adapter })

    expect(sent.map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer AT1'])
    expect(evil).not.toHaveBeenCalled()
  })

  it('leaves a config its `hasOwnProperty`, as axios does', async () => {
    const { adapter, sent } = recordingAdapter()

    await sender(request({ data: 'mine' }), adapter, authorize)(TOKENS)

    expect(Object.prototype.hasOwnProperty.call(sent[0], 'hasOwnProperty')).toBe(false)
    expect((sent[0] as object).hasOwnProperty('data')).toBe(true)
  })
})

describe('the adapter of a request', () => {
  it('is its own', () => {
    const { adapter } = recordingAdapter()

    expect(adapterOf(request({ adapter }))).toBe(adapter)
  })

  it('is found by name, or the first of several that there is', () => {
    const http = axios.getAdapter('http')

    expect(adapterOf(request({ adapter: 'http' }))).toBe(http)
    expect(adapterOf(request({ adapter: ['xhr', 'http'] }))).toBe(http)
  })
})
