import { AxiosError } from 'axios'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effect, watch } from 'vue'
import { type AuthTokens, isAuthError } from '../../../src/index.ts'
import {
  type ManualApp,
  type ManualAppOptions,
  firstPair,
  manualApp,
  nextPair,
  signedInApp,
} from '../../support/manual-app.ts'
import { failure, outcomes, times } from '../../support/outcomes.ts'
import { reaches } from '../../support/reachable.ts'
import { turns } from '../../support/turns.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'

const TIMEOUT = 10_000

const refused = (status = 400) =>
  new AxiosError('refused', undefined, undefined, undefined, { status, headers: {}, data: {} } as never)

const dropped = () => new AxiosError('socket hang up', 'ECONNRESET')

/** Answers the newest question of a backend. */
async function answer(
  { refreshes }: ManualApp,
  reply: Record<string, unknown> | null = nextPair,
): Promise<void> {
  await turns(20)
  refreshes.at(-1)?.answer(reply)
  await turns(20)
}

async function fail({ refreshes }: ManualApp, error: unknown): Promise<void> {
  await turns(20)
  refreshes.at(-1)?.fail(error)
  await turns(20)
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a refresh', () => {
  it('is one request, however many call for it, and they all get the same tokens', async () => {
    const app = await signedInApp()
    const calls = times(50, () => app.store.refresh())

    await answer(app)

    const { values } = await outcomes(calls)
    expect(app.refreshes).toHaveLength(1)
    expect(values).toHaveLength(50)
    expect(new Set(values.map(({ accessToken }) => accessToken))).toEqual(new Set(['AT2']))
  })

  it('is one request, whenever they call for it while it is pending', async () => {
    const app = await signedInApp()
    const first = app.store.refresh()
    await vi.advanceTimersByTimeAsync(TIMEOUT / 2)
    const second = app.store.refresh()

    await answer(app)

    expect(await first).toEqual(await second)
    expect(app.refreshes).toHaveLength(1)
  })

  it('sends the refresh token there is, and leaves the new pair in the store and the storage', async () => {
    const app = await signedInApp()
    const refreshed = app.store.refresh()

    await answer(app)

    await expect(refreshed).resolves.toEqual({ accessToken: 'AT2', refreshToken: 'RT2', tokenType: 'Bearer' })
    expect(app.refreshes[0]?.input?.refreshToken).toBe('RT1')
    expect(app.store.accessToken).toBe('AT2')
    expect(app.store.status).toBe('authenticated')
    expect(app.stored()).toBe('RT2')
  })

  it('sends the newest refresh token the next time', async () => {
    const app = await signedInApp()
    for (const pair of [nextPair, { access_token: 'AT3', refresh_token: 'RT3' }]) {
      void app.store.refresh()
      await answer(app, pair)
    }

    expect(app.refreshes.map(({ input }) => input?.refreshToken)).toEqual(['RT1', 'RT2'])
    expect(app.stored()).toBe('RT3')
  })

  it('keeps the old refresh token where the server sends no other one', async () => {
    const app = await signedInApp()
    for (const turn of [2, 3]) {
      void app.store.refresh()
      await answer(app, { access_token: `AT${turn}` })
    }

    expect(app.refreshes.map(({ input }) => input?.refreshToken)).toEqual(['RT1', 'RT1'])
    expect(app.stored()).toBe('RT1')
    expect(app.store.accessToken).toBe('AT3')
  })

  it('shows in the store while it is pending', async () => {
    const app = await signedInApp()
    const seen: boolean[] = []
    watch(
      () => app.store.isRefreshing,
      (is) => void seen.push(is),
      { flush: 'sync' },
    )

    void app.store.refresh()
    await answer(app)

    expect(seen).toEqual([true, false])
  })

  it('waits until the stored session is read', async () => {
    const gate = Promise.withResolvers<void>()
    const before = await signedInApp()
    before.storage.before = () => gate.promise
    const app = manualApp({ storage: before.storage })

    const refreshed = app.store.refresh()
    await turns(20)
    expect(app.refreshes).toHaveLength(0)
    gate.resolve()
    await answer(app)

    await expect(refreshed).resolves.toMatchObject({ accessToken: 'AT2' })
  })

  it('keeps the session alive on the wire of the storage: a slow one holds nobody up', async () => {
    const app = await signedInApp()
    app.storage.before = () => new Promise<never>(() => {})

    const refreshed = app.store.refresh()
    await answer(app)

    await expect(refreshed).resolves.toMatchObject({ accessToken: 'AT2' })
  })
})

describe('a refresh whose tokens are still being written', () => {
  it('leaves the next one alone, which began meanwhile', async () => {
    const app = await signedInApp()
    const gate = Promise.withResolvers<void>()
    app.storage.before = (operation) => (operation === 'setItem' ? gate.promise : undefined)
    void app.store.refresh()
    await answer(app)
    expect(app.store.accessToken).toBe('AT2')

    const second = app.store.refresh()
    await turns(20)
    gate.resolve()
    await turns(50)
    expect(app.store.isRefreshing).toBe(true)
    const third = app.store.refresh()
    await answer(app, { access_token: 'AT3', refresh_token: 'RT3' })

    expect(app.refreshes.map(({ input }) => input?.refreshToken)).toEqual(['RT1', 'RT2'])
    expect((await Promise.all([second, third])).map(({ accessToken }) => accessToken)).toEqual(['AT3', 'AT3'])
    expect(app.stored()).toBe('RT3')
  })
})

describe('a refresh without a session', () => {
  it('rejects with ERR_AUTH_EXPIRED, and nothing else happens', async () => {
    const app = manualApp()
    await app.store.ready()
    const { operations } = app.storage
    const before = operations.length

    expect(await failure(app.store.refresh())).toMatchObject({ name: 'AuthError', code: 'ERR_AUTH_EXPIRED' })
    expect(app.refreshes).toHaveLength(0)
    expect(app.ends).toEqual([])
    expect(app.store.status).toBe('anonymous')
    expect(operations.length).toBe(before)
  })

  it('rejects the same way once the session has expired', async () => {
    const app = await signedInApp()
    const first = failure(app.store.refresh())
    await fail(app, refused())
    await first

    expect(await failure(app.store.refresh())).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(app.refreshes).toHaveLength(1)
    expect(app.ends).toEqual(['expired'])
    expect(app.store.status).toBe('expired')
  })
})

describe('a refresh that the server refuses', () => {
  it.each([400, 401, 403])('ends the session, once: %d', async (status) => {
    const app = await signedInApp()
    const calls = outcomes(times(10, () => app.store.refresh()))

    await fail(app, refused(status))

    const { errors } = await calls
    expect(errors).toHaveLength(10)
    for (const error of errors) expect(error).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(app.refreshes).toHaveLength(1)
    expect(app.ends).toEqual(['expired'])
    expect(app.store).toMatchObject({ status: 'expired', user: null, accessToken: null, tokens: null })
    expect(app.storage.entries.size).toBe(0)
  })

  it('ends the session where the backend has nothing to refresh with', async () => {
    const app = await signedInApp()
    const refreshed = failure(app.store.refresh())

    await answer(app, null)

    expect(await refreshed).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(app.store.status).toBe('expired')
  })

  it('says why', async () => {
    const app = await signedInApp()
    const refreshed = failure(app.store.refresh())

    await fail(app, refused(403))

    expect(await refreshed).toMatchObject({ cause: { message: 'refused', response: { status: 403 } } })
  })
})

describe('a refresh that could not be made', () => {
  it('keeps the session and its refresh token', async () => {
    const app = await signedInApp()
    const refreshed = failure(app.store.refresh())

    await fail(app, dropped())

    const error = await refreshed
    expect(isAuthError(error)).toBe(true)
    expect(error).toMatchObject({ code: 'ERR_AUTH_REFRESH', cause: { code: 'ECONNRESET' } })
    expect(error).not.toHaveProperty('response')
    expect(app.store).toMatchObject({ status: 'authenticated', accessToken: 'AT1', isRefreshing: false })
    expect(app.stored()).toBe('RT1')
    expect(app.ends).toEqual([])
  })

  it('is shared for a second by whoever needs one next', async () => {
    const app = await signedInApp()
    const first = failure(app.store.refresh())
    await fail(app, dropped())
    await first

    await vi.advanceTimersByTimeAsync(999)
    expect(await failure(app.store.refresh())).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(app.refreshes).toHaveLength(1)

    await vi.advanceTimersByTimeAsync(1)
    const refreshed = app.store.refresh()
    await answer(app)
    expect(app.refreshes).toHaveLength(2)
    await expect(refreshed).resolves.toMatchObject({ accessToken: 'AT2' })
  })

  it('is shared by the monotonic clock: setting the device back does not make it last', async () => {
    const app = await signedInApp()
    const first = failure(app.store.refresh())
    await fail(app, dropped())
    await first

    await vi.advanceTimersByTimeAsync(1_000)
    vi.setSystemTime(Date.now() - 3_600_000)

    const refreshed = app.store.refresh()
    await answer(app)
    await expect(refreshed).resolves.toMatchObject({ accessToken: 'AT2' })
  })

  it('is shared for as long as the server wants to be left alone', async () => {
    const app = await signedInApp()
    const first = failure(app.store.refresh())
    await fail(
      app,
      Object.assign(new Error('503'), { response: { status: 503, headers: { 'retry-after': '60' } } }),
    )
    await first

    await vi.advanceTimersByTimeAsync(59_000)
    expect(await failure(app.store.refresh())).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(app.refreshes).toHaveLength(1)

    await vi.advanceTimersByTimeAsync(1_000)
    void app.store.refresh().catch(() => {})
    await turns(20)
    expect(app.refreshes).toHaveLength(2)
  })

  it('is not shared with the next session', async () => {
    const app = await signedInApp()
    const first = failure(app.store.refresh())
    await fail(app, dropped())
    await first

    await app.store.setTokens({ access_token: 'AT7', refresh_token: 'RT7' })
    void app.store.refresh().catch(() => {})
    await turns(20)

    expect(app.refreshes.at(-1)?.input?.refreshToken).toBe('RT7')
  })

  it('fails after the hard timeout where there is no answer, and a later need starts a new one', async () => {
    const app = await signedInApp()
    const first = failure(app.store.refresh())
    await vi.advanceTimersByTimeAsync(TIMEOUT)

    expect(await first).toMatchObject({ code: 'ERR_AUTH_REFRESH', cause: { name: 'TimeoutError' } })
    await vi.advanceTimersByTimeAsync(1_000)
    const second = app.store.refresh()
    await answer(app)
    await expect(second).resolves.toMatchObject({ accessToken: 'AT2' })
    expect(app.refreshes).toHaveLength(2)
  })

  it('ends the session where the server refuses the next one', async () => {
    const app = await signedInApp()
    const first = failure(app.store.refresh())
    await fail(app, dropped())
    await first
    await vi.advanceTimersByTimeAsync(1_000)

    const second = failure(app.store.refresh())
    await fail(app, refused())

    expect(await second).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(app.store.status).toBe('expired')
  })
})

describe('a backend that throws at once', () => {
  it('frees the slot: the next call starts a new refresh', async () => {
    let calls = 0
    const refresh = () => {
      calls += 1
      if (calls === 1) throw new Error('broken')
      return Promise.resolve(nextPair)
    }
    const app = await signedInApp({ backend: { refresh } })

    expect(await failure(app.store.refresh())).toMatchObject({
      code: 'ERR_AUTH_REFRESH',
      cause: { message: 'broken' },
    })
    await expect(app.store.refresh()).resolves.toMatchObject({ accessToken: 'AT2' })
    expect(calls).toBe(2)
  })
})

describe('an error of any shape', () => {
  const circular: Error = new Error('round')
  circular.cause = circular

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'broken'],
    ['an object', { refresh_token: 'RT1' }],
    ['a BigInt in it', Object.assign(new Error('broken'), { offset: 1n })],
    ['itself for a cause', circular],
    [
      'an answer that cannot be written',
      Object.assign(new Error('no'), { response: { status: 500, data: circular } }),
    ],
    ['no prototype', Object.create(null)],
  ])('lets nobody wait for ever: %s', async (_, error) => {
    const app = await signedInApp()
    const settled = vi.fn<() => void>()

    const unhandled = await unhandledRejections(async () => {
      app.store.refresh().then(settled, settled)
      await fail(app, error)
    })

    expect(settled).toHaveBeenCalledOnce()
    expect(unhandled).toEqual([])
    expect(app.store.isRefreshing).toBe(false)
  })
})

describe('a session that ends while its refresh is pending', () => {
  it('rejects whoever waits, at once', async () => {
    const app = await signedInApp()
    const calls = outcomes(times(5, () => app.store.refresh()))
    await turns(20)

    void app.store.logout()

    const { errors } = await calls
    expect(errors.map((error) => isAuthError(error) && error.code)).toEqual(
      Array(5).fill('ERR_AUTH_SESSION_CHANGED'),
    )
    app.refreshes[0]?.answer(nextPair)
  })

  it('keeps nothing of what the refresh brings, and hands it to the logout of the backend', async () => {
    const app = await signedInApp()
    void app.store.refresh().catch(() => {})
    await turns(20)

    const loggedOut = app.store.logout()
    await turns(20)
    expect(app.logouts).toHaveLength(0)
    await answer(app)
    expect(app.logouts[0]?.input).toMatchObject({ accessToken: 'AT2', refreshToken: 'RT2' })
    app.logouts[0]?.answer(null)
    await loggedOut

    expect(app.store).toMatchObject({ status: 'anonymous', accessToken: null, isRefreshing: false })
    expect(app.storage.entries.size).toBe(0)
    expect(app.storage.written.join()).not.toContain('RT2')
  })

  it('leaves the next session alone', async () => {
    const app = await signedInApp()
    const first = failure(app.store.refresh())
    await turns(20)

    await app.store.setTokens({ access_token: 'AT7', refresh_token: 'RT7' })
    await answer(app)

    expect(await first).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(app.store).toMatchObject({ status: 'authenticated', accessToken: 'AT7', isRefreshing: false })
    expect(app.stored()).toBe('RT7')
  })

  it('leaves the refresh of the next session alone, whichever answers first', async () => {
    const app = await signedInApp()
    void app.store.refresh().catch(() => {})
    await turns(20)
    await app.store.setTokens({ access_token: 'AT7', refresh_token: 'RT7' })
    const second = app.store.refresh()
    await turns(20)

    app.refreshes[0]?.answer(nextPair)
    await turns(20)
    expect(app.store).toMatchObject({ accessToken: 'AT7', isRefreshing: true })
    app.refreshes[1]?.answer({ access_token: 'AT8', refresh_token: 'RT8' })

    await expect(second).resolves.toMatchObject({ accessToken: 'AT8' })
    expect(app.stored()).toBe('RT8')
  })

  it('is not ended again by a refusal that comes late', async () => {
    const app = await signedInApp()
    void app.store.refresh().catch(() => {})
    await turns(20)
    await app.store.setTokens({ access_token: 'AT7', refresh_token: 'RT7' })

    await fail(app, refused())

    expect(app.store.status).toBe('authenticated')
    expect(app.ends).toEqual([])
  })

  it('does not send its refresh token any more where it was signed out first', async () => {
    const app = await signedInApp()

    const refreshed = failure(app.store.refresh())
    const loggedOut = app.store.logout()
    await turns(50)

    expect(await refreshed).toMatchObject({ name: 'AuthError' })
    expect(app.refreshes).toHaveLength(0)
    app.logouts[0]?.answer(null)
    await loggedOut
  })

  it('does not send its refresh token any more, at whatever turn it is signed out before the backend is asked', async () => {
    for (let pause = 0; pause < 30; pause++) {
      const app = await signedInApp()
      let isOver = false
      let sentAfter = false
      app.backend.refresh = async () => {
        sentAfter = isOver
        return nextPair
      }
      const refreshed = outcomes([app.store.refresh()])
      await turns(pause)

      isOver = true
      void app.store.logout({ redirect: false })
      await turns(50)
      app.logouts[0]?.answer(null)
      await Promise.race([refreshed, turns(200)])

      expect(sentAfter, `signed out ${pause} turns into the refresh`).toBe(false)
    }
  })

  it('leaves no timer behind', async () => {
    const app = await signedInApp({ backend: { logout: async () => {} } })
    void app.store.refresh().catch(() => {})
    await turns(20)
    const loggedOut = app.store.logout()
    await answer(app)
    await loggedOut

    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a hook of the application that throws', () => {
  const boom = () => {
    throw new Error('boom')
  }
  /** Calls for tokens while something of the application throws at every change. */
  const refreshUnder = async (sabotage: (app: ManualApp) => void, options: ManualAppOptions = {}) => {
    const app = await signedInApp(options)
    sabotage(app)
    const settled = vi.fn<(value: AuthTokens | unknown) => void>()
    const unhandled = await unhandledRejections(async () => {
      // Pinia lets a listener's error out at once.
      const call = async () => app.store.refresh()
      call().then(settled, settled)
      await answer(app)
      await vi.advanceTimersByTimeAsync(TIMEOUT)
    })
    return { app, settled, unhandled }
  }

  it.each<[string, (app: ManualApp) => void]>([
    ['a listener of the action', ({ store }) => void store.$onAction(boom)],
    ['a listener of the end of the action', ({ store }) => void store.$onAction(({ after }) => after(boom))],
    ['an effect on the tokens', ({ store }) => void throwLater(() => store.accessToken)],
    ['an effect on the pending refresh', ({ store }) => void throwLater(() => store.isRefreshing)],
  ])('lets nobody wait for ever, and loses no tokens: %s', async (_, sabotage) => {
    const { app, settled, unhandled } = await refreshUnder(sabotage)

    expect(settled).toHaveBeenCalledOnce()
    expect(unhandled).toEqual([])
    // Where the action itself was prevented, nothing was asked.
    const asked = app.refreshes.length
    expect([app.store.accessToken, app.stored()]).toEqual(asked ? ['AT2', 'RT2'] : ['AT1', 'RT1'])
    expect(app.store.isRefreshing).toBe(false)
  })

  /** Throws at each change of a value, but not at first. */
  function throwLater(read: () => unknown) {
    let isFirst = true
    effect(() => {
      read()
      if (!isFirst) boom()
      isFirst = false
    })
  }
})

describe('what a failed refresh tells', () => {
  it.each([
    ['the refusal', refused()],
    ['a dropped connection', dropped()],
  ])('holds no refresh token: %s', async (_, error) => {
    const app = await signedInApp()
    Object.assign(error, {
      config: { data: JSON.stringify({ refresh_token: 'RT1' }) },
      request: { body: '{"refresh_token":"RT1"}' },
    })
    const refreshed = failure(app.store.refresh())

    await fail(app, error)

    expect(reaches(await refreshed, 'RT1')).toBe(false)
  })
})

describe('a refresh beside a token that still serves', () => {
  const HOUR = 3_600
  const soon = { ...firstPair, expires_in: HOUR }

  /** An application whose token has come into the leeway, and that sends a request. */
  const inTheLeeway = async () => {
    const sent: unknown[] = []
    const app = await signedInApp(
      {
        axios: {
          baseURL: 'https://api.test',
          adapter: async (config) => {
            sent.push(config.headers.get('Authorization'))
            return { data: 'ok', status: 200, statusText: 'OK', headers: {}, config }
          },
        },
      },
      soon,
    )
    await vi.advanceTimersByTimeAsync((HOUR - 20) * 1000)
    return { app, sent, get: () => app.auth.http.get('/x') }
  }

  it('holds no request up', async () => {
    const { app, sent, get } = await inTheLeeway()

    await get()
    await get()

    expect(sent).toEqual(['Bearer AT1', 'Bearer AT1'])
    expect(app.refreshes).toHaveLength(1)
    await answer(app)
    await get()
    expect(sent.at(-1)).toBe('Bearer AT2')
  })

  it('ends nothing where it is refused, until the token no longer serves', async () => {
    const { app, sent, get } = await inTheLeeway()
    await get()
    await fail(app, refused())

    await get()
    expect(app.store.status).toBe('authenticated')
    expect(app.refreshes).toHaveLength(1)

    await vi.advanceTimersByTimeAsync(20_000)
    expect(await failure(get())).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(app.refreshes).toHaveLength(1)
    expect(sent).toHaveLength(2)
    expect(app.ends).toEqual(['expired'])
  })

  it('ends the session where it is refused and somebody has come to wait for it', async () => {
    const { app, get } = await inTheLeeway()
    await get()
    const refreshed = failure(app.store.refresh())

    await fail(app, refused())

    expect(await refreshed).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(app.store.status).toBe('expired')
    expect(app.refreshes).toHaveLength(1)
  })

  it('ends the session where the token has died by the time it is refused', async () => {
    const { app, get } = await inTheLeeway()
    await get()
    await turns(20)
    vi.setSystemTime(Date.now() + 60_000)

    await fail(app, refused())

    expect(app.store.status).toBe('expired')
    expect(app.ends).toEqual(['expired'])
  })

  it('is unheard where it fails, and tried again by the next request after a second', async () => {
    const { app, get } = await inTheLeeway()
    const unhandled = await unhandledRejections(async () => {
      await get()
      await fail(app, dropped())
      await get()
    })
    expect(unhandled).toEqual([])
    expect(app.refreshes).toHaveLength(1)

    await vi.advanceTimersByTimeAsync(1_000)
    await get()
    await turns(20)

    expect(app.refreshes).toHaveLength(2)
    expect(app.errors).toEqual([])
  })
})
