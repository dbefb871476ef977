import axios, { type AxiosAdapter, type AxiosInstance, type InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it, vi } from 'vitest'
import { type Handler, connect } from '../../../src/http/connect.ts'
import { adapterOf } from '../../../src/http/send.ts'
import { failure } from '../../support/outcomes.ts'
import { recordingAdapter } from '../../support/recording-adapter.ts'

const baseURL = 'https://api.ok'

/** A handler that sends by the adapter of the request, and remembers what it got. */
const passing = () => {
  const seen: InternalAxiosRequestConfig[] = []
  const handle: Handler = async (config) => {
    seen.push(config)
    return axios.getAdapter(config.adapter)(config)
  }
  return { seen, handle }
}

describe('a handler of an instance', () => {
  it('sends its requests, by the adapter they would have used themselves', async () => {
    const { adapter, sent } = recordingAdapter(() => ({ data: 'from the server' }))
    const { seen, handle } = passing()
    const instance = axios.create({ baseURL, adapter })
    connect(instance, handle)

    expect((await instance.get('/x')).data).toBe('from the server')
    expect([seen.length, sent.length]).toEqual([1, 1])
  })

  it('comes after every interceptor and transform of the application, whenever those were added', async () => {
    const { adapter, sent } = recordingAdapter()
    const { seen, handle } = passing()
    const instance = axios.create({ baseURL, adapter })
    const mark = (name: string) => (config: InternalAxiosRequestConfig) => {
      config.headers.set(name, 'yes')
      return config
    }
    instance.interceptors.request.use(mark('X-Before'))
    connect(instance, handle)
    instance.interceptors.request.use(mark('X-After'))

    await instance.post('/x', { a: 1 })

    expect(seen[0]?.headers.toJSON()).toMatchObject({ 'X-Before': 'yes', 'X-After': 'yes' })
    expect(seen[0]?.data).toBe('{"a":1}')
    expect(sent[0]?.data).toBe('{"a":1}')
  })

  it('calls the adapter that is there when the request is sent', async () => {
    const first = recordingAdapter()
    const second = recordingAdapter()
    const own = recordingAdapter()
    const instance = axios.create({ baseURL, adapter: first.adapter })
    connect(instance, passing().handle)

    instance.defaults.adapter = second.adapter
    await instance.get('/x')
    await instance.get('/y', { adapter: own.adapter })

    expect([first, second, own].map(({ sent }) => sent.length)).toEqual([0, 1, 1])
  })

  it('finds an adapter by its name', async () => {
    const { seen, handle } = passing()
    const instance = axios.create({ baseURL: 'http://127.0.0.1:1', adapter: ['http'] })
    connect(instance, handle)

    await failure(instance.get('/x'))

    expect(seen[0]?.adapter).toEqual(['http'])
  })

  it('finding 24: leaves it to axios where the instance or the request says that its adapter is undefined', async () => {
    const { adapter, sent } = recordingAdapter()
    const { defaults } = axios
    const usual = defaults.adapter!
    const instance = axios.create({ baseURL })
    Object.assign(instance.defaults, { adapter: undefined })
    const seen: InternalAxiosRequestConfig[] = []
    connect(instance, async (config) => {
      seen.push(config)
      return adapterOf(config)(config)
    })
    defaults.adapter = adapter

    await instance.get('/x')
    await instance.get('/x', { adapter: undefined as never, withAuth: false })
    defaults.adapter = usual

    expect([seen.length, sent.length]).toEqual([1, 2])
  })

  describe.each<[string, (manager: AxiosInstance, adapter: AxiosAdapter) => void]>([
    [
      'in place',
      ({ interceptors }, adapter) => interceptors.request.use((config) => Object.assign(config, { adapter })),
    ],
    [
      'on a copy',
      ({ interceptors }, adapter) => interceptors.request.use((config) => ({ ...config, adapter })),
    ],
    [
      'later',
      ({ interceptors }, adapter) =>
        interceptors.request.use(async (config) => Object.assign(config, { adapter })),
    ],
  ])('finding 24: an interceptor of the application that sets an adapter %s', (_, intercept) => {
    it.each(['before', 'after', 'before, and again after'])('is obeyed and heard: added %s', async (when) => {
      const own = recordingAdapter()
      const { seen, handle } = passing()
      const instance = axios.create({ baseURL, adapter: recordingAdapter().adapter })
      if (when !== 'after') intercept(instance, own.adapter)
      const connection = connect(instance, handle)
      if (when === 'after') intercept(instance, own.adapter)
      if (when.includes('again')) {
        connection.close()
        connect(instance, handle)
      }

      await instance.get('/x')

      expect([seen.length, own.sent.length]).toEqual([1, 1])
    })
  })

  it('finding 24: comes last where axios runs interceptors in the order they were added', async () => {
    const own = recordingAdapter()
    const { seen, handle } = passing()
    const instance = axios.create({
      baseURL,
      transitional: { legacyInterceptorReqResOrdering: false } as never,
    })
    connect(instance, handle)
    instance.interceptors.request.use((config) => ({ ...config, adapter: own.adapter }))
    instance.interceptors.request.use((config) => config)

    await instance.get('/x')

    expect([seen.length, own.sent.length]).toEqual([1, 1])
  })

  it('is not asked about a request that wants nothing of the session', async () => {
    const { seen, handle } = passing()
    const { adapter, sent } = recordingAdapter()
    const instance = axios.create({ baseURL, adapter })
    connect(instance, handle)

    await instance.get('/x', { withAuth: false })

    expect([seen.length, sent.length]).toEqual([0, 1])
  })

  it('is asked where a request wants it, although the default is not to', async () => {
    const { seen, handle } = passing()
    const { adapter } = recordingAdapter()
    const instance = axios.create({ baseURL, adapter, withAuth: false } as never)
    connect(instance, handle)

    await instance.get('/x')
    await instance.get('/x', { withAuth: true })

    expect(seen).toHaveLength(1)
  })

  it('leaves the config as it was, so that a caller may send it again', async () => {
    const { adapter, sent } = recordingAdapter()
    const { seen, handle } = passing()
    const instance = axios.create({ baseURL, adapter })
    connect(instance, handle)

    const { config } = await instance.get('/x')
    expect(config.adapter).toBe(adapter)
    await instance.request(config)
    await instance.request(config)

    expect([seen.length, sent.length]).toEqual([3, 3])
    expect(sent.map(({ url }) => url)).toEqual(['/x', '/x', '/x'])
  })

  it('is called once for a request that is sent again after it was rejected on its way', async () => {
    const { adapter, sent } = recordingAdapter()
    const { seen, handle } = passing()
    const instance = axios.create({ baseURL, adapter })
    let isRejected = true
    // Interceptors that were added earlier run later.
    instance.interceptors.request.use((config) => {
      if (isRejected) throw Object.assign(new Error('not now'), { config })
      return config
    })
    connect(instance, handle)

    const error = (await failure(instance.get('/x'))) as { config: InternalAxiosRequestConfig }
    isRejected = false
    await instance.request(error.config)

    expect(sent).toHaveLength(1)
    expect(seen.length).toBeGreaterThanOrEqual(1)
  })

  it('gives its answer and its error on, through the interceptors of the application', async () => {
    const instance = axios.create({ baseURL })
    const answers: unknown[] = []
    instance.interceptors.response.use(
      (response) => void answers.push(response.data) as never,
      (error) => void answers.push(error.message) as never,
    )
    connect(instance, async (config) => {
      if (config.url === '/bad') throw new Error('broken')
      return { data: 'fine', status: 200, statusText: '', headers: {}, config }
    })

    await instance.get('/good')
    await instance.get('/bad')

    expect(answers).toEqual(['fine', 'broken'])
  })

  it('is asked about the requests of its own instance alone', async () => {
    const { adapter } = recordingAdapter()
    const { seen, handle } = passing()
    connect(axios.create({ baseURL, adapter }), handle)

    await axios.create({ baseURL, adapter }).get('/x')
    await axios.get(`${baseURL}/x`, { adapter })

    expect(seen).toHaveLength(0)
  })

  it('keeps an interceptor of the application synchronous', () => {
    const { adapter, sent } = recordingAdapter()
    const instance = axios.create({ baseURL, adapter })
    connect(instance, passing().handle)
    const ran = vi.fn<(config: InternalAxiosRequestConfig) => InternalAxiosRequestConfig>((config) => config)
    instance.interceptors.request.use(ran, null, { synchronous: true })

    const sending = instance.get('/x')

    expect(ran).toHaveBeenCalledOnce()
    return sending.then(() => expect(sent).toHaveLength(1))
  })
})

describe('a handler that is taken away', () => {
  it('is asked no more, and leaves the instance as it was', async () => {
    const { adapter, sent } = recordingAdapter()
    const { seen, handle } = passing()
    const instance = axios.create({ baseURL, adapter })
    const { interceptors } = instance
    let own = 0
    interceptors.request.use((config) => {
      own += 1
      return config
    })
    const connection = connect(instance, handle)
    await instance.get('/x')

    connection.close()
    await instance.get('/x')

    expect([seen.length, sent.length, own]).toEqual([1, 2, 2])
    expect(Object.keys(interceptors.request)).toEqual(Object.keys(axios.create().interceptors.request))
    expect((interceptors.request.handlers ?? []).filter(Boolean)).toHaveLength(1)
  })

  it('may be taken away twice', () => {
    const instance = axios.create()
    const connection = connect(instance, passing().handle)
    connection.close()

    expect(() => connection.close()).not.toThrow()
  })

  it('still answers a request that was on its way', async () => {
    const gate = Promise.withResolvers<void>()
    const slow: AxiosAdapter = async (config) => {
      await gate.promise
      return { data: 'late', status: 200, statusText: '', headers: {}, config }
    }
    const instance = axios.create({ baseURL, adapter: slow })
    const connection = connect(instance, passing().handle)

    const sending = instance.get('/x')
    connection.close()
    gate.resolve()

    expect((await sending).data).toBe('late')
  })
})
