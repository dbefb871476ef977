import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import axios, { AxiosError, type AxiosRequestConfig, type AxiosResponse } from 'axios'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watch } from 'vue'
import { type AuthError, isAuthError } from '../../../src/index.ts'
import {
  type ManualAppOptions,
  firstPair,
  manualApp,
  nextPair,
  signedInApp,
} from '../../support/manual-app.ts'
import { MemoryStorage } from '../../support/memory-storage.ts'
import { failure, outcomes, statuses, times } from '../../support/outcomes.ts'
import { reaches } from '../../support/reachable.ts'
import { type Said, recordingAdapter } from '../../support/recording-adapter.ts'
import { turns } from '../../support/turns.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'

const TIMEOUT = 10_000
const EXPIRES_IN = 300

const refused = () =>
  new AxiosError('refused', undefined, undefined, undefined, { status: 400, headers: {} } as never)

const codes = (errors: unknown[]) => errors.map((error) => (isAuthError(error) ? error.code : String(error)))

/** A server that lets one access token in, and an application with a session of the first pair. */
const signIn = async (options: ManualAppOptions = {}, tokens: Record<string, unknown> = firstPair) => {
  const server = { valid: 'AT1' }
  const wire = recordingAdapter(({ headers, url }): Said => {
    const isIn = headers.get('Authorization') === `Bearer ${server.valid}`
    return isIn ? { data: `served ${url}` } : { status: 401, data: `who asks for ${url}?` }
  })
  const app = await signedInApp(
    { axios: { baseURL: 'https://api.ok', adapter: wire.adapter }, ...options },
    tokens,
  )
  const get = (url = '/x', config: AxiosRequestConfig = {}) => app.auth.http.get(url, config)
  const refresh = async (pair: Record<string, unknown> = nextPair) => {
    await turns(30)
    server.valid = String(pair.access_token)
    app.refreshes.at(-1)?.answer(pair)
    await turns(30)
  }
  return { app, server, get, refresh, ...wire }
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a request without a session', () => {
  it('goes out without a token, and its 401 is the caller’s own', async () => {
    const { adapter, authorizations } = recordingAdapter(() => ({ status: 401 }))
    const app = manualApp({ axios: { baseURL: 'https://api.ok', adapter } })

    const error = await failure(app.auth.http.get('/x'))

    expect(error).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
    expect(authorizations()).toEqual([undefined])
    expect(app.refreshes).toHaveLength(0)
  })

  it('waits until the stored session is read, and goes out with its token', async () => {
    const { app } = await signIn()
    const { adapter, authorizations } = recordingAdapter()
    const gate = Promise.withResolvers<void>()
    app.storage.before = () => gate.promise
    const later = manualApp({ axios: { baseURL: 'https://api.ok', adapter }, storage: app.storage })

    const sending = later.auth.http.get('/x')
    await turns(50)
    expect(authorizations()).toEqual([])
    gate.resolve()
    await sending

    expect(authorizations()).toEqual(['Bearer AT1'])
  })
})

describe('a request whose token is refused', () => {
  it('waits for the refresh, and is replayed with the new token', async () => {
    const { app, server, get, refresh, authorizations } = await signIn()
    server.valid = 'AT2'
    const sending = get()
    await refresh()

    expect((await sending).data).toBe('served /x')
    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT2'])
    expect(app.refreshes).toHaveLength(1)
  })

  it('shares the refresh with all the others, and gets its own answer', async () => {
    const { app, server, get, refresh } = await signIn()
    server.valid = 'AT2'
    const sending = times(100, (index) => get(`/${index}`))
    await refresh()

    const { values, errors } = await outcomes(sending)
    expect(errors).toEqual([])
    expect(values.map(({ data }) => data)).toEqual(times(100, (index) => `served /${index}`))
    expect(app.refreshes).toHaveLength(1)
  })

  it('is replayed at once where the token has been replaced since it was sent', async () => {
    const gate = Promise.withResolvers<void>()
    const { adapter, authorizations } = recordingAdapter(async ({ url, headers }) => {
      if (url === '/slow' && headers.get('Authorization') === 'Bearer AT1') await gate.promise
      return { status: headers.get('Authorization') === 'Bearer AT2' ? 200 : 401 }
    })
    const app = await signedInApp({
      axios: { baseURL: 'https://api.ok', adapter },
      backend: { refresh: vi.fn<() => Promise<typeof nextPair>>(async () => nextPair) },
    })
    const slow = app.auth.http.get('/slow')
    await app.auth.http.get('/fast')
    gate.resolve()

    expect((await slow).status).toBe(200)
    expect(app.backend.refresh).toHaveBeenCalledOnce()
    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT1', 'Bearer AT2', 'Bearer AT2'])
  })

  it('gives the second 401 to its caller', async () => {
    const { app, server, get, sent } = await signIn({ backend: { refresh: async () => nextPair } })
    server.valid = 'none'

    const error = await failure(get())

    expect(error).toMatchObject({ name: 'AxiosError', response: { status: 401, data: 'who asks for /x?' } })
    expect(sent).toHaveLength(2)
    expect(app.store.status).toBe('authenticated')
  })

  it('is replayed also where its caller takes a 401 for a success', async () => {
    const { server, get, refresh } = await signIn()
    server.valid = 'AT2'
    const sending = get('/x', { validateStatus: () => true })
    await refresh()

    expect(await sending).toMatchObject({ status: 200, data: 'served /x' })
  })

  it('shows its caller nothing of the tokens', async () => {
    const { server, get, refresh } = await signIn()
    server.valid = 'AT2'
    const sending = get()
    await refresh()
    const { config } = await sending

    expect(config.headers.has('Authorization')).toBe(false)
    expect(JSON.stringify(config)).not.toMatch(/AT1|AT2|RT1|RT2/)
  })

  it('holds others back only where they have the same token', async () => {
    const { app, server, get, refresh, authorizations } = await signIn()
    server.valid = 'AT2'
    const first = get('/1')
    await turns(30)
    const second = get('/2')
    await turns(30)
    expect(authorizations()).toEqual(['Bearer AT1'])
    await refresh()

    expect(statuses((await outcomes([first, second])).values)).toEqual([200, 200])
    expect(authorizations().filter((header) => header === 'Bearer AT1')).toHaveLength(1)
    expect(app.refreshes).toHaveLength(1)
  })
})

describe('a request whose token is known to have expired', () => {
  const expired = async (options: ManualAppOptions = {}) => {
    const visit = await signIn(options, { ...firstPair, expires_in: EXPIRES_IN })
    vi.setSystemTime(Date.now() + EXPIRES_IN * 1000)
    visit.server.valid = 'AT2'
    return visit
  }

  it('waits for the refresh instead of being sent', async () => {
    const { app, get, refresh, authorizations } = await expired()
    const sending = times(50, () => get())
    await turns(50)
    expect([authorizations(), app.refreshes.length]).toEqual([[], 1])
    await refresh()

    expect((await outcomes(sending)).values).toHaveLength(50)
    expect(new Set(authorizations())).toEqual(new Set(['Bearer AT2']))
  })

  it('is refreshed once after a sleep of eight hours', async () => {
    const { app, get, refresh } = await expired()
    vi.setSystemTime(Date.now() + 8 * 3_600_000)
    const sending = times(5, () => get())
    await refresh()

    expect((await outcomes(sending)).values).toHaveLength(5)
    expect(app.refreshes).toHaveLength(1)
  })

  it('needs no more than one refresh each where tokens are born dying', async () => {
    const { app, get, refresh } = await expired()
    for (let need = 1; need <= 3; need++) {
      const sending = get()
      await refresh({ ...nextPair, expires_in: 1 })
      await sending
      expect(app.refreshes).toHaveLength(need)
      vi.setSystemTime(Date.now() + 60_000)
    }
    await vi.advanceTimersByTimeAsync(3_600_000)

    expect(app.refreshes).toHaveLength(3)
  })
})

describe('a request whose refresh is refused', () => {
  it('is rejected with its own 401, and the session is over', async () => {
    const { app, server, get } = await signIn()
    server.valid = 'AT2'
    const sending = outcomes(times(5, (index) => get(`/${index}`)))
    await turns(30)
    app.refreshes[0]?.fail(refused())

    const { errors } = await sending
    expect(codes(errors)).toEqual(times(5, () => 'ERR_AUTH_EXPIRED'))
    const own = errors as AuthError[]
    expect(own.map(({ config }) => config?.url)).toEqual(times(5, (index) => `/${index}`))
    expect(own.map(({ response }) => response?.data)).toEqual(times(5, (index) => `who asks for /${index}?`))
    expect(own.every((error) => axios.isAxiosError(error) && error.status === 401)).toBe(true)
    expect([app.ends, app.errors]).toEqual([['expired'], []])
  })

  it('is rejected without an answer where it was never sent', async () => {
    const { app, get, sent } = await signIn({}, { ...firstPair, expires_in: EXPIRES_IN })
    vi.setSystemTime(Date.now() + EXPIRES_IN * 1000)
    const sending = failure(get())
    await turns(30)
    app.refreshes[0]?.fail(refused())

    const error = (await sending) as AuthError
    expect(error).toMatchObject({ code: 'ERR_AUTH_EXPIRED', config: { url: '/x' } })
    expect(error.response).toBeUndefined()
    expect(sent).toHaveLength(0)
  })

  it('is rejected in the same way where its 401 comes late, after the session expired', async () => {
    const gate = Promise.withResolvers<void>()
    const { adapter } = recordingAdapter(async ({ url }) => {
      if (url === '/slow') await gate.promise
      return { status: 401, data: url }
    })
    const app = await signedInApp({
      axios: { baseURL: 'https://api.ok', adapter },
      backend: { refresh: async () => null },
    })
    const slow = failure(app.auth.http.get('/slow'))
    await failure(app.auth.http.get('/fast'))
    gate.resolve()

    expect(await slow).toMatchObject({ code: 'ERR_AUTH_EXPIRED', response: { status: 401, data: '/slow' } })
    expect(app.ends).toEqual(['expired'])
  })

  it('tells no token to anybody', async () => {
    const { app, server, get } = await signIn()
    server.valid = 'AT2'
    const sending = failure(get())
    await turns(30)
    const error = refused()
    Object.assign(error, { config: { data: '{"refresh_token":"RT1"}' }, request: { body: 'RT1' } })
    app.refreshes[0]?.fail(error)

    const told = (await sending) as AuthError
    expect(reaches(told, 'RT1')).toBe(false)
    expect(told.request).toBeUndefined()
    expect(told.response?.request).toBeUndefined()
    const text = [inspect(told, { depth: 9 }), JSON.stringify(told), String(told)].join()
    expect(text).not.toMatch(/AT1|RT1/)
  })
})

describe('a request whose refresh cannot be made', () => {
  it('is rejected without an answer, so that nobody takes it for a 401', async () => {
    const { app, server, get } = await signIn()
    server.valid = 'AT2'
    const sending = outcomes(times(5, (index) => get(`/${index}`)))
    await turns(30)
    app.refreshes[0]?.fail(new AxiosError('Network Error', 'ERR_NETWORK'))

    const { errors } = await sending
    expect(codes(errors)).toEqual(times(5, () => 'ERR_AUTH_REFRESH'))
    for (const [index, error] of (errors as AuthError[]).entries()) {
      expect(error.config?.url).toBe(`/${index}`)
      expect(error.response).toBeUndefined()
      expect(error.status).toBeUndefined()
      expect(error.cause).toMatchObject({ code: 'ERR_NETWORK' })
    }
    expect(new Set(errors).size).toBe(5)
    expect([app.store.status, app.stored(), app.ends, app.errors]).toEqual(['authenticated', 'RT1', [], []])
  })

  it('shares the failure with whoever comes within a second', async () => {
    const { app, server, get } = await signIn()
    server.valid = 'AT2'
    const first = failure(get())
    await turns(30)
    app.refreshes[0]?.fail(new AxiosError('Network Error', 'ERR_NETWORK'))
    await first

    expect(codes([await failure(get())])).toEqual(['ERR_AUTH_REFRESH'])
    expect(app.refreshes).toHaveLength(1)

    await vi.advanceTimersByTimeAsync(1_000)
    void get().catch(() => {})
    await turns(30)
    expect(app.refreshes).toHaveLength(2)
  })
})

describe('a request of a session that ends meanwhile', () => {
  it('is rejected, and not sent again, where it waits for the refresh', async () => {
    const { app, server, get, sent } = await signIn()
    server.valid = 'AT2'
    const sending = outcomes(times(5, () => get()))
    await turns(30)
    void app.store.logout()

    expect(codes((await sending).errors)).toEqual(times(5, () => 'ERR_AUTH_SESSION_CHANGED'))
    app.refreshes[0]?.answer(nextPair)
    await turns(50)
    expect(sent).toHaveLength(5)
  })

  it('is rejected, and not sent under the next session', async () => {
    const gate = Promise.withResolvers<void>()
    const { adapter, authorizations } = recordingAdapter(async () => {
      await gate.promise
      return { status: 401 }
    })
    const app = await signedInApp({ axios: { baseURL: 'https://api.ok', adapter } })
    const sending = failure(app.auth.http.get('/x'))
    await turns(30)
    await app.store.setTokens({ access_token: 'AT7', refresh_token: 'RT7' })
    gate.resolve()

    const error = (await sending) as AuthError
    expect(error).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED', config: { url: '/x' } })
    expect(error.response).toBeUndefined()
    expect(authorizations()).toEqual(['Bearer AT1'])
    expect(app.refreshes).toHaveLength(0)
  })

  it.each<[string, Record<string, unknown>]>([
    ['whose token is refused', firstPair],
    ['whose token has expired', { ...firstPair, expires_in: EXPIRES_IN }],
  ])('is not sent after it, at whatever turn it ends: %s', async (_, tokens) => {
    for (let pause = 0; pause < 40; pause++) {
      let isOver = false
      const late: unknown[] = []
      const { adapter } = recordingAdapter(({ headers }) => {
        if (isOver) late.push(headers.get('Authorization'))
        return { status: headers.get('Authorization') === 'Bearer AT2' ? 200 : 401 }
      })
      const app = await signedInApp({ axios: { baseURL: 'https://api.ok', adapter } }, tokens)
      vi.setSystemTime(Date.now() + EXPIRES_IN * 1000)
      const sending = outcomes([app.auth.http.get('/x')])
      await turns(30)
      app.refreshes[0]?.answer(nextPair)
      await turns(pause)

      isOver = true
      void app.store.logout()
      await sending

      expect(late, `signed out ${pause} turns after the refresh was answered`).toEqual([])
    }
  })

  it('keeps an answer that is none of a refused token', async () => {
    const gate = Promise.withResolvers<void>()
    const { adapter } = recordingAdapter(async () => {
      await gate.promise
      return { data: 'served' }
    })
    const app = await signedInApp({ axios: { baseURL: 'https://api.ok', adapter } })
    const sending = app.auth.http.get('/x')
    await turns(30)
    void app.store.logout()
    gate.resolve()

    expect((await sending).data).toBe('served')
  })

  it('is rejected where the application is unmounted while it waits', async () => {
    const { app, server, get, sent } = await signIn()
    server.valid = 'AT2'
    const sending = failure(get())
    await turns(30)

    app.app.unmount()

    expect(await sending).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(sent).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a request whose body cannot be sent twice', () => {
  it('is not replayed: its caller gets the 401, and the refresh is made for those who come after', async () => {
    const { app, server, get, refresh, sent, authorizations } = await signIn()
    server.valid = 'AT2'
    const sending = app.auth.http.post('/x', Readable.from(['a']), { validateStatus: () => true })

    expect((await sending).status).toBe(401)
    expect(sent).toHaveLength(1)
    expect(app.refreshes).toHaveLength(1)
    const next = get()
    await refresh()
    expect((await next).status).toBe(200)
    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT2'])
  })

  it('waits where the token is known to have expired: it has not been sent yet', async () => {
    const { app, server, refresh, sent } = await signIn({}, { ...firstPair, expires_in: EXPIRES_IN })
    vi.setSystemTime(Date.now() + EXPIRES_IN * 1000)
    server.valid = 'AT2'
    const sending = app.auth.http.post('/x', Readable.from(['a']))
    await refresh()

    expect((await sending).status).toBe(200)
    expect(sent).toHaveLength(1)
  })

  it('ends the session where that refresh is refused: the token was turned away', async () => {
    const { app, server } = await signIn()
    server.valid = 'AT2'
    await failure(app.auth.http.post('/x', Readable.from(['a'])))
    await turns(30)
    app.refreshes[0]?.fail(refused())
    await turns(30)

    expect(app.store.status).toBe('expired')
  })
})

describe('an answer that is a stream', () => {
  it('is let go before the replay, and before a rejection', async () => {
    for (const reply of [nextPair, null]) {
      const streams: Readable[] = []
      const { adapter } = recordingAdapter(({ headers }) => {
        const data = Readable.from(['a'])
        streams.push(data)
        return { status: headers.get('Authorization') === 'Bearer AT2' ? 200 : 401, data }
      })
      const app = await signedInApp({
        axios: { baseURL: 'https://api.ok', adapter },
        backend: { refresh: async () => reply },
      })

      const { values, errors } = await outcomes([app.auth.http.get('/x', { responseType: 'stream' })])

      expect(streams[0]?.destroyed).toBe(true)
      if (reply) expect(values[0]?.data).toBe(streams[1])
      else expect((errors[0] as AuthError).response?.data).toBeUndefined()
      streams[1]?.destroy()
    }
  })
})

describe('a request that is aborted', () => {
  it('rejects at once while it waits; the refresh and the others go on', async () => {
    const { app, server, get, refresh } = await signIn()
    server.valid = 'AT2'
    const controller = new AbortController()
    const source = axios.CancelToken.source()
    const aborted = failure(get('/1', { signal: controller.signal }))
    const cancelled = failure(get('/2', { cancelToken: source.token }))
    const others = outcomes([get('/3'), get('/4')])
    await turns(30)

    controller.abort()
    source.cancel()

    expect(axios.isCancel(await aborted)).toBe(true)
    expect(axios.isCancel(await cancelled)).toBe(true)
    await refresh()
    expect(statuses((await others).values)).toEqual([200, 200])
    expect(app.refreshes).toHaveLength(1)
  })

  it('is not sent, and refreshes nothing, where it was aborted before', async () => {
    const { app, get, sent } = await signIn({}, { ...firstPair, expires_in: EXPIRES_IN })
    vi.setSystemTime(Date.now() + EXPIRES_IN * 1000)

    expect(axios.isCancel(await failure(get('/x', { signal: AbortSignal.abort() })))).toBe(true)
    await turns(30)
    expect([sent.length, app.refreshes.length]).toEqual([0, 0])
  })

  it('rejects while it waits for the stored session', async () => {
    const storage = new MemoryStorage()
    storage.before = () => new Promise<never>(() => {})
    const { adapter, sent } = recordingAdapter()
    const app = manualApp({ storage, axios: { baseURL: 'https://api.ok', adapter } })
    const controller = new AbortController()
    const sending = failure(app.auth.http.get('/x', { signal: controller.signal }))
    await turns(30)

    controller.abort()

    expect(axios.isCancel(await sending)).toBe(true)
    expect(sent).toHaveLength(0)
  })

  it('leaves no rejection unhandled where it is aborted in the moment of its 401', async () => {
    const controller = new AbortController()
    const { app, server, get } = await signIn({
      shouldRefresh: ({ status }) => {
        controller.abort()
        return status === 401
      },
    })
    server.valid = 'AT2'

    const unhandled = await unhandledRejections(async () => {
      expect(axios.isCancel(await failure(get('/x', { signal: controller.signal })))).toBe(true)
      await turns(30)
      app.refreshes[0]?.fail(refused())
    })

    expect(unhandled).toEqual([])
  })
})

describe('a hook of the application', () => {
  it('that throws when the action begins does not harm the request, and is told once', async () => {
    const { app, server, get, refresh } = await signIn()
    server.valid = 'AT2'
    app.store.$onAction(() => {
      throw new Error('boom')
    })
    const sending = get()
    await refresh()

    expect((await sending).status).toBe(200)
    expect(app.errors).toEqual([new Error('boom')])
  })

  it('that throws when the action ends does not harm the request, and is told once', async () => {
    const { app, server, get, refresh } = await signIn()
    server.valid = 'AT2'
    app.store.$onAction(({ after }) =>
      after(() => {
        throw new Error('boom')
      }),
    )
    const sending = get()
    await refresh()

    expect((await sending).status).toBe(200)
    expect(app.errors).toEqual([new Error('boom')])
  })

  it('hears of the refresh that a request made', async () => {
    const { app, server, get, refresh } = await signIn()
    server.valid = 'AT2'
    const heard: string[] = []
    app.store.$onAction(({ name }) => void heard.push(name))
    const sending = get()
    await refresh()
    await sending

    expect(heard).toEqual(['refresh'])
  })

  it('that sends a request itself and waits for it holds nobody up', async () => {
    const { app, server, get, refresh } = await signIn()
    server.valid = 'AT2'
    const own: Promise<AxiosResponse>[] = []
    watch(
      () => app.store.isRefreshing,
      async () => {
        own.push(get('/own'))
        await own.at(-1)
      },
      { flush: 'sync' },
    )
    const sending = get()
    await refresh()

    expect((await sending).status).toBe(200)
    expect(statuses(await Promise.all(own))).toEqual([200, 200])
    expect(app.refreshes).toHaveLength(1)
  })

  it('that decides about a refresh and throws gives its error to the caller', async () => {
    const { app, get } = await signIn({
      shouldRefresh: () => {
        throw new Error('boom')
      },
    })

    expect(await failure(get())).toEqual(new Error('boom'))
    expect(app.store.status).toBe('authenticated')
  })

  it('that puts the token on a request and throws gives its error to the caller', async () => {
    const { sent, get } = await signIn({
      authorize: () => {
        throw new Error('boom')
      },
    })

    expect(await failure(get())).toEqual(new Error('boom'))
    expect(sent).toHaveLength(0)
  })
})

describe('a backend that refreshes through the instance of the application', () => {
  it('does not wait for itself for ever', async () => {
    const { app, server, get } = await signIn()
    server.valid = 'AT2'
    app.backend.refresh = async () => (await app.auth.http.post('/auth/refresh')).data
    const settled = vi.fn<() => void>()
    get().then(settled, settled)

    await vi.advanceTimersByTimeAsync(TIMEOUT)

    expect(settled).toHaveBeenCalledOnce()
  })
})
