import axios, { type AxiosRequestConfig, type CreateAxiosDefaults } from 'axios'
import { afterEach, describe, expect, it } from 'vitest'
import { createAuthAxios } from '../../../src/index.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { manualApp, nextPair, signedInApp } from '../../support/manual-app.ts'
import { manualBackend } from '../../support/manual-backend.ts'
import { recordingAdapter } from '../../support/recording-adapter.ts'

const baseURL = 'https://api.ok'

/** What a request carries in the end, with a session there. */
const sent = async (request: AxiosRequestConfig, defaults: CreateAxiosDefaults = {}) => {
  const { adapter, authorizations } = recordingAdapter()
  const app = await signedInApp({ axios: { baseURL, ...defaults, adapter } })
  await app.auth.http.request({ url: '/x', ...request })
  return authorizations()[0]
}

const warned = (times = 1) => expectConsole('warn', 'default Authorization header', times)

afterEach(() => {
  delete axios.defaults.headers.common.Authorization
})

describe('a request', () => {
  it('carries the token of the session', async () => {
    expect(await sent({})).toBe('Bearer AT1')
  })

  it.each(['Authorization', 'authorization', 'AUTHORIZATION'])(
    'keeps the `%s` that its caller set',
    async (name) => {
      expect(await sent({ headers: { [name]: 'Bearer mine' } })).toBe('Bearer mine')
    },
  )

  it.each([[''], [false], [null]])(
    'keeps an `Authorization` that its caller took away: %j',
    async (value) => {
      expect(await sent({ headers: { Authorization: value as never } })).not.toBe('Bearer AT1')
    },
  )

  it('carries the token where its caller left `Authorization` undefined', async () => {
    expect(await sent({ headers: { Authorization: undefined as never } })).toBe('Bearer AT1')
  })

  it('keeps the basic credentials of its caller', async () => {
    expect(await sent({ auth: { username: 'u', password: 'p' } })).toBeUndefined()
  })

  it('keeps the header that an interceptor of the application set', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const app = await signedInApp({ axios: { baseURL, adapter } })
    app.auth.http.interceptors.request.use((config) => {
      config.headers.set('Authorization', 'Bearer mine')
      return config
    })

    await app.auth.http.get('/x')

    expect(authorizations()).toEqual(['Bearer mine'])
  })

  it('carries nothing of the session where it says so', async () => {
    expect(await sent({ withAuth: false })).toBeUndefined()
    expect(await sent({ withAuth: true })).toBe('Bearer AT1')
  })
})

describe('a 401 to a request with credentials of its own', () => {
  it.each<[string, AxiosRequestConfig]>([
    ['a header', { headers: { Authorization: 'Bearer mine' } }],
    ['basic credentials', { auth: { username: 'u', password: 'p' } }],
    ['none, by intent', { withAuth: false }],
  ])('is the caller’s own: %s', async (_, request) => {
    const { adapter, sent: requests } = recordingAdapter(() => ({ status: 401 }))
    const app = await signedInApp({ axios: { baseURL, adapter } })

    await expect(app.auth.http.get('/x', request)).rejects.toMatchObject({
      name: 'AxiosError',
      response: { status: 401 },
    })
    expect(requests).toHaveLength(1)
    expect(app.refreshes).toHaveLength(0)
    expect(app.store.status).toBe('authenticated')
    expectConsole('warn', 'Authorization header of its own', request.headers ? 1 : 0)
  })

  it('finding 32: is explained once where a header kept the session out of it', async () => {
    const { adapter } = recordingAdapter(() => ({ status: 401 }))
    const app = await signedInApp({ axios: { baseURL, adapter, validateStatus: () => true } })

    for (let turn = 0; turn < 3; turn++) {
      await app.auth.http.get('/x', { headers: { Authorization: 'Bearer other' } })
    }

    expectConsole('warn', /Authorization header of its own.*withAuth: false/, 1)
  })

  it('is not explained where there is no session, nor where it is no 401', async () => {
    const { adapter } = recordingAdapter(({ url }) => ({ status: url === '/401' ? 401 : 403 }))
    const app = manualApp({ axios: { baseURL, adapter, validateStatus: () => true } })
    await app.store.ready()
    const request = { headers: { Authorization: 'Bearer other' } }

    await app.auth.http.get('/401', request)
    await app.store.setTokens({ access_token: 'AT1' })
    await app.auth.http.get('/403', request)
  })
})

describe('a 401 from an origin that gets no token', () => {
  it('finding 32: is explained once, with the remedy', async () => {
    const { adapter } = recordingAdapter(() => ({ status: 401 }))
    const app = await signedInApp({ axios: { adapter, validateStatus: () => true } })

    await app.auth.http.get('https://api.ok/x')
    await app.auth.http.get('https://other.ok/x')

    expectConsole('warn', /https:\/\/api\.ok answered 401.*attachTo: \["https:\/\/api\.ok"\].*attach\(\)/, 1)
    expect(app.refreshes).toHaveLength(0)
  })
})

describe('finding 32: a header that holds the session’s own access token is the session’s', () => {
  const strict = () =>
    recordingAdapter(({ headers }) => ({
      status: headers.get('Authorization') === 'Bearer AT2' ? 200 : 401,
    }))

  it.each([
    ['by an old interceptor', (token: string) => `Bearer ${token}`],
    ['with another scheme', (token: string) => `Token ${token}`],
    ['without a scheme', (token: string) => token],
  ])('set %s: its 401 is refreshed', async (_, write) => {
    const { adapter, authorizations } = strict()
    const app = await signedInApp({
      axios: { baseURL, adapter },
      backend: { refresh: async () => nextPair },
    })
    app.auth.http.interceptors.request.use((config) => {
      config.headers.set('authorization', write(app.store.accessToken ?? ''))
      return config
    })

    const { status, config } = await app.auth.http.get('/x')

    expect(status).toBe(200)
    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT2'])
    expect(config.headers.has('Authorization')).toBe(false)
  })

  it('also where a refresh has replaced that token between the interceptor and the sending', async () => {
    const { adapter, authorizations } = strict()
    const app = await signedInApp({
      axios: { baseURL, adapter },
      backend: { refresh: async () => nextPair },
    })
    app.auth.http.interceptors.request.use(async (config) => {
      await app.store.refresh()
      return config
    })
    app.auth.http.interceptors.request.use((config) => {
      config.headers.set('Authorization', `Bearer ${app.store.accessToken}`)
      return config
    })

    expect((await app.auth.http.get('/x')).status).toBe(200)
    expect(authorizations()).toEqual(['Bearer AT2'])
  })

  it('and gives way to where `authorize` puts it', async () => {
    const { adapter, sent: requests } = recordingAdapter()
    const app = await signedInApp({
      axios: { baseURL, adapter },
      authorize: (headers, { accessToken }) => headers.set('X-Token', accessToken),
    })

    await app.auth.http.get('/x', { headers: { Authorization: 'Bearer AT1' } })

    expect(requests[0]?.headers.get('X-Token')).toBe('AT1')
    expect(requests[0]?.headers.has('Authorization')).toBe(false)
  })

  it('but not one that only begins or ends like it', async () => {
    for (const header of ['Bearer AT11', 'Bearer xAT1', 'AT1 x', 'BearerAT1']) {
      expect(await sent({ headers: { Authorization: header } })).toBe(header)
    }
  })
})

describe('a default `Authorization` of an instance', () => {
  it('gives way to the session, with a warning', async () => {
    warned()

    expect(await sent({}, { headers: { Authorization: 'Bearer default' } })).toBe('Bearer AT1')
  })

  it('gives way where it is there for all methods', async () => {
    warned()

    expect(await sent({}, { headers: { common: { Authorization: 'Bearer default' } } as never })).toBe(
      'Bearer AT1',
    )
  })

  it('gives way where it is there for one method', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const instance = axios.create({ baseURL, adapter })
    instance.defaults.headers.post.Authorization = 'Bearer default'
    const app = await signedInApp({ axios: instance })
    warned()

    await app.auth.http.get('/x')
    await app.auth.http.post('/x')

    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT1'])
  })

  it('gives way where it is there twice', async () => {
    axios.defaults.headers.common.Authorization = 'Bearer of all instances'
    warned()

    expect(await sent({}, { headers: { Authorization: 'Bearer default' } })).toBe('Bearer AT1')
  })

  it('gives way whatever its case', async () => {
    warned()

    expect(await sent({}, { headers: { authorization: 'Bearer default' } })).toBe('Bearer AT1')
  })

  it('is warned of once, however many requests', async () => {
    const { adapter } = recordingAdapter()
    const app = await signedInApp({
      axios: { baseURL, adapter, headers: { Authorization: 'Bearer default' } },
    })
    warned(1)

    for (let turn = 0; turn < 5; turn++) await app.auth.http.get('/x')
  })

  it('does not keep a 401 from being refreshed', async () => {
    const { adapter, authorizations } = recordingAdapter(({ headers }) => ({
      status: headers.get('Authorization') === 'Bearer AT2' ? 200 : 401,
    }))
    const app = await signedInApp({
      axios: { baseURL, adapter, headers: { Authorization: 'Bearer default' } },
      backend: { refresh: async () => nextPair },
    })
    warned()

    await app.auth.http.get('/x')

    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT2'])
  })

  it('gives way to the header that the caller set', async () => {
    expect(
      await sent(
        { headers: { Authorization: 'Bearer mine' } },
        { headers: { Authorization: 'Bearer default' } },
      ),
    ).toBe('Bearer mine')
  })

  it('stays where there is no session to give way to', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const app = manualApp({ axios: { baseURL, adapter, headers: { Authorization: 'Bearer default' } } })
    await app.store.ready()
    warned()

    await app.auth.http.get('/x')

    expect(authorizations()).toEqual(['Bearer default'])
  })

  it('is that of the instance that sends the request, not of another one', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const app = await signedInApp({ axios: { baseURL, adapter } })
    const other = app.auth.attach(
      axios.create({ baseURL, adapter, headers: { Authorization: 'Bearer default' } }),
    )
    warned()

    await other.get('/x')
    await app.auth.http.get('/x', { headers: { Authorization: 'Bearer default' } })

    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer default'])
  })
})

describe('the tokens of another scheme', () => {
  it('may be put on a request by the application', async () => {
    const { adapter, sent: requests } = recordingAdapter()
    const app = await signedInApp({
      axios: { baseURL, adapter },
      authorize: (headers, { accessToken }) => void headers.set('X-Token', accessToken),
    })

    await app.auth.http.get('/x')

    expect(requests[0]?.headers.get('X-Token')).toBe('AT1')
    expect(requests[0]?.headers.has('Authorization')).toBe(false)
  })

  it('name it', async () => {
    const { adapter, authorizations } = recordingAdapter()
    const auth = createAuthAxios({
      id: 'second',
      axios: { baseURL, adapter },
      backend: manualBackend().backend,
    })
    const app = manualApp({}, (application) => application.use(auth))
    await app.store.ready()
    await auth.useStore().setTokens({ access_token: 'AT', token_type: 'DPoP' })

    await auth.http.get('/x')

    expect(authorizations()).toEqual(['DPoP AT'])
  })
})
