import axios, { AxiosError, type AxiosAdapter, AxiosHeaders, type InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
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
