import axios, { type InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { assertInstance } from '../../../src/http/assert-instance.ts'
import { connect } from '../../../src/http/connect.ts'
import { bareInstance, unconnectedCopy } from '../../../src/http/instances.ts'
import { createAuthAxios } from '../../../src/index.ts'
import { failure } from '../../support/outcomes.ts'
import { recordingAdapter } from '../../support/recording-adapter.ts'

const baseURL = 'https://api.ok/v1'

const mark = (name: string) => (config: InternalAxiosRequestConfig) => {
  config.headers.set(name, 'yes')
  return config
}

describe('a bare instance', () => {
  it('has the settings of the other one', async () => {
    const { adapter, sent } = recordingAdapter()
    const instance = axios.create({
      baseURL,
      adapter,
      withCredentials: true,
      xsrfCookieName: 'csrf',
      xsrfHeaderName: 'X-CSRF',
      withXSRFToken: true,
      timeout: 1_234,
      headers: { 'X-Own': 'yes' },
      params: { tenant: '7' },
    })

    await bareInstance(instance).post('/auth/refresh', { a: 1 })

    expect(sent[0]).toMatchObject({
      baseURL,
      withCredentials: true,
      xsrfCookieName: 'csrf',
      xsrfHeaderName: 'X-CSRF',
      withXSRFToken: true,
      timeout: 1_234,
      params: { tenant: '7' },
      data: '{"a":1}',
    })
    expect(sent[0]?.headers.get('X-Own')).toBe('yes')
  })

  it('has the settings of that very moment', async () => {
    const first = recordingAdapter()
    const second = recordingAdapter()
    const instance = axios.create({ adapter: first.adapter })
    instance.defaults.adapter = second.adapter
    instance.defaults.baseURL = baseURL
    instance.defaults.headers.common['X-Late'] = 'yes'

    await bareInstance(instance).get('/x')

    expect(first.sent).toHaveLength(0)
    expect(second.sent[0]).toMatchObject({ baseURL })
    expect(second.sent[0]?.headers.get('X-Late')).toBe('yes')
  })

  it('has none of its interceptors', async () => {
    const { adapter, sent } = recordingAdapter()
    const instance = axios.create({ baseURL, adapter })
    instance.interceptors.request.use(mark('X-App'))
    instance.interceptors.response.use(() => 'changed' as never)

    const response = await bareInstance(instance).get('/x')

    expect(sent[0]?.headers.has('X-App')).toBe(false)
    expect(response.data).toBe('ok')
  })

  it.each<[string, object]>([
    ['among its headers', { Authorization: 'Bearer default' }],
    ['in lower case', { authorization: 'Bearer default' }],
    ['for all methods', { common: { Authorization: 'Bearer default' } }],
    ['for one method', { post: { AUTHORIZATION: 'Bearer default' } }],
  ])('finding 26: has no default Authorization, which the other one keeps: %s', async (_, headers) => {
    const { adapter, authorizations } = recordingAdapter()
    const instance = axios.create({ baseURL, adapter, headers: { 'X-Own': 'yes', ...headers } as never })

    await bareInstance(instance).post('/auth/refresh')
    await instance.post('/x')

    expect(authorizations()).toEqual([undefined, 'Bearer default'])
  })

  it('finding 26: has none that all instances have', async () => {
    const { adapter, authorizations } = recordingAdapter()
    axios.defaults.headers.common.Authorization = 'Bearer of all'
    const instance = axios.create({ baseURL, adapter })

    await bareInstance(instance).get('/x')
    await bareInstance(axios).get('https://api.ok/x', { adapter })
    await instance.get('/x')
    delete axios.defaults.headers.common.Authorization

    expect(authorizations()).toEqual([undefined, undefined, 'Bearer of all'])
  })

  it.each([199, 300, 304, 400, 401, 500])(
    'takes a %d for an error, whatever the other one does',
    async (status) => {
      const { adapter } = recordingAdapter(() => ({ status }))

      for (const validateStatus of [() => true, null]) {
        const instance = axios.create({ adapter, baseURL, validateStatus })
        expect(await failure(bareInstance(instance).get('/x'))).toMatchObject({ response: { status } })
      }
    },
  )

  it.each([200, 201, 204])('takes a %d for a success, whatever the other one does', async (status) => {
    const { adapter } = recordingAdapter(() => ({ status }))
    const instance = axios.create({ adapter, baseURL, validateStatus: () => false })

    expect((await bareInstance(instance).get('/x')).status).toBe(status)
  })

  it('changes nothing of the other one', async () => {
    const { adapter } = recordingAdapter(() => ({ status: 404 }))
    const instance = axios.create({ baseURL, adapter, validateStatus: () => true })
    const bare = bareInstance(instance)
    bare.defaults.baseURL = 'https://evil.test'
    bare.defaults.headers.common['X-Bare'] = 'yes'

    const { config, status } = await instance.get('/x')

    expect(status).toBe(404)
    expect(config.baseURL).toBe(baseURL)
    expect(config.headers.has('X-Bare')).toBe(false)
  })
})

describe('a copy without the session', () => {
  it('has the settings and interceptors of the other one, in their order', async () => {
    const { adapter, sent } = recordingAdapter()
    const instance = axios.create({ baseURL, adapter })
    const order: string[] = []
    const note = (name: string) => (config: InternalAxiosRequestConfig) => {
      order.push(name)
      return config
    }
    instance.interceptors.request.use(note('first'))
    const connection = connect(instance, async () => Promise.reject(new Error('the session')))
    instance.interceptors.request.use(note('second'))
    instance.interceptors.response.use((response) => {
      order.push('answer')
      return response
    })

    await unconnectedCopy(instance, connection).get('/x')

    expect(order).toEqual(['second', 'first', 'answer'])
    expect(sent).toHaveLength(1)
  })

  it('keeps what an interceptor said about itself', async () => {
    const { adapter, sent } = recordingAdapter()
    const instance = axios.create({ baseURL, adapter })
    const connection = connect(instance, async () => Promise.reject(new Error('the session')))
    instance.interceptors.request.use(mark('X-Post'), null, { runWhen: ({ method }) => method === 'post' })
    const copy = unconnectedCopy(instance, connection)

    await copy.get('/x')
    await copy.post('/x')

    expect(sent.map(({ headers }) => headers.get('X-Post'))).toEqual([undefined, 'yes'])
  })

  it('leaves out what was ejected', async () => {
    const { adapter, sent } = recordingAdapter()
    const instance = axios.create({ baseURL, adapter })
    const connection = connect(instance, async () => Promise.reject(new Error('the session')))
    const gone = instance.interceptors.request.use(mark('X-Gone'))
    const goneToo = instance.interceptors.response.use(() => 'gone' as never)
    instance.interceptors.request.use(mark('X-Left'))
    instance.interceptors.response.use((response) => response)
    instance.interceptors.request.eject(gone)
    instance.interceptors.response.eject(goneToo)

    const response = await unconnectedCopy(instance, connection).get('/x')

    expect(sent[0]?.headers.has('X-Gone')).toBe(false)
    expect(sent[0]?.headers.has('X-Left')).toBe(true)
    expect(response.data).toBe('ok')
  })

  it('hears of errors as the other one would', async () => {
    const { adapter } = recordingAdapter(() => ({ status: 500 }))
    const instance = axios.create({ baseURL, adapter })
    const connection = connect(instance, async () => Promise.reject(new Error('the session')))
    instance.interceptors.response.use(
      null,
      ({ response }) => ({ data: `saved from ${response.status}` }) as never,
    )

    expect((await unconnectedCopy(instance, connection).get('/x')).data).toBe('saved from 500')
  })
})

describe('finding 33: what is no instance', () => {
  it.each([[{}], [undefined], [null], ['https://api.ok'], [() => {}], [{ interceptors: {} }]])(
    'is told so, with the remedy: %j',
    (value) => {
      expect(() => assertInstance(value)).toThrow(/axios\.create\(/)
      expect(() => createAuthAxios().attach(value as never)).toThrow(/axios\.create\(/)
    },
  )

  it('is neither an instance nor axios itself', () => {
    expect(() => assertInstance(axios.create())).not.toThrow()
    expect(() => assertInstance(axios)).not.toThrow()
  })
})
