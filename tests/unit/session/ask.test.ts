// @vitest-environment happy-dom
import { AxiosError } from 'axios'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Asking, type Outcome, askForTokens } from '../../../src/session/ask.ts'
import { isRefusal } from '../../../src/session/failure.ts'
import type { AuthBackend, BackendContext } from '../../../src/types.ts'
import { type ManualBackend, manualBackend } from '../../support/manual-backend.ts'
import { turns } from '../../support/turns.ts'

const TIMEOUT = 10_000
const TOKENS = { accessToken: 'AT1', refreshToken: 'RT1' }
const NEXT = { access_token: 'AT2', refresh_token: 'RT2' }

let manual: ManualBackend
let ended: AbortController
let stop: AbortController

const answered = (status: number, headers: Record<string, string> = {}) =>
  Object.assign(new Error(`${status}`), { response: { status, headers } })

const asking = (more: Partial<Asking> = {}): Asking => ({
  backend: manual.backend,
  refreshTimeout: TIMEOUT,
  isSessionOver: isRefusal,
  backendContext: (signal) => ({ signal }) as BackendContext,
  stop: stop.signal,
  ...more,
})

/** Asks, and shows what came of it once something did. */
const ask = (more: Partial<Asking> = {}): { outcome: Outcome | undefined } => {
  const shown: { outcome: Outcome | undefined } = { outcome: undefined }
  void askForTokens(asking(more), TOKENS, ended.signal).then((outcome) => (shown.outcome = outcome))
  return shown
}

/** Asks a backend whose `refresh` is this. */
const askA = (refresh: AuthBackend['refresh'], more: Partial<Asking> = {}) => {
  manual = manualBackend({ refresh })
  return askForTokens(asking(more), TOKENS, ended.signal)
}

const count = () => manual.refreshes.length

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1)
  manual = manualBackend()
  ended = new AbortController()
  stop = new AbortController()
})

afterEach(() => {
  vi.restoreAllMocks()
  expect(vi.getTimerCount(), 'timers left behind').toBe(0)
  vi.useRealTimers()
})

describe('a refresh', () => {
  it('asks the backend once, with the tokens there are', async () => {
    const shown = ask()
    await turns(10)
    manual.refreshes[0]?.answer(NEXT)
    await turns(10)

    expect(count()).toBe(1)
    expect(manual.refreshes[0]?.input).toBe(TOKENS)
    expect(shown.outcome).toEqual({
      kind: 'renewed',
      tokens: { accessToken: 'AT2', refreshToken: 'RT2', tokenType: 'Bearer' },
    })
  })

  it('keeps the refresh token that the answer does not replace', async () => {
    const outcome = await askA(async () => ({ access_token: 'AT2' }))

    expect(outcome).toMatchObject({ tokens: { accessToken: 'AT2', refreshToken: 'RT1' } })
  })

  it('is refused where the backend has nothing to refresh with', async () => {
    expect(await askA(async () => null)).toEqual({ kind: 'refused' })
  })

  it.each([400, 401, 403])('is refused where the server answers %d, and asks no more', async (status) => {
    const error = answered(status)
    const shown = ask()
    await turns(10)
    manual.refreshes[0]?.fail(error)
    await vi.advanceTimersByTimeAsync(60_000)

    expect(shown.outcome).toEqual({ kind: 'refused', cause: error })
    expect(count()).toBe(1)
  })

  it('is refused where the application says so, before any retry', async () => {
    const shown = ask({ isSessionOver: () => true })
    await turns(10)
    manual.refreshes[0]?.fail(answered(503))
    await vi.advanceTimersByTimeAsync(60_000)

    expect(shown.outcome).toMatchObject({ kind: 'refused' })
    expect(count()).toBe(1)
  })

  it('is not refused where the application says so', async () => {
    expect(await askA(() => Promise.reject(answered(401)), { isSessionOver: () => false })).toMatchObject({
      kind: 'failed',
    })
  })

  it.each([
    ['a page', '<!doctype html>'],
    ['an empty body', ''],
    ['nothing', undefined],
    ['no tokens', {}],
    ['a token that is no string', { access_token: 1 }],
  ])('fails, and is not tried again, where the answer is %s', async (_, reply) => {
    const refresh = vi.fn<AuthBackend['refresh']>(async () => reply as never)

    expect(await askA(refresh)).toMatchObject({
      kind: 'failed',
      cause: { code: AxiosError.ERR_BAD_RESPONSE },
      until: performance.now() + 1_000,
    })
    expect(refresh).toHaveBeenCalledOnce()
  })

  it.each([408, 500, 502, 504])(
    'fails, and is not tried again, where the server answers %d',
    async (status) => {
      const refresh = vi.fn<AuthBackend['refresh']>(() => Promise.reject(answered(status)))

      expect(await askA(refresh)).toMatchObject({ kind: 'failed', until: performance.now() + 1_000 })
      expect(refresh).toHaveBeenCalledOnce()
    },
  )

  it('fails where the backend throws, and the next need may try at once', async () => {
    const error = new Error('broken')

    expect(
      await askA(() => {
        throw error
      }),
    ).toEqual({ kind: 'failed', cause: error, until: 0 })
  })

  it('fails, and rejects nothing, where the judgement of the application throws', async () => {
    const outcome = askA(() => Promise.reject(answered(400)), {
      isSessionOver: () => {
        throw new Error('broken')
      },
    })

    await expect(outcome).resolves.toMatchObject({ kind: 'failed', cause: { message: 'broken' } })
  })
})

describe('a server that turned the refresh away unread', () => {
  it.each([429, 503])('is asked twice more, after 300 and 600 ms at the most: %d', async (status) => {
    const shown = ask()
    await turns(10)

    manual.refreshes[0]?.fail(answered(status))
    await vi.advanceTimersByTimeAsync(299)
    expect(count()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(count()).toBe(2)

    manual.refreshes[1]?.fail(answered(status))
    await vi.advanceTimersByTimeAsync(599)
    expect(count()).toBe(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(count()).toBe(3)

    manual.refreshes[2]?.fail(answered(status))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count()).toBe(3)
    expect(shown.outcome).toMatchObject({ kind: 'failed' })
  })

  it('is asked again with the same tokens, and may then answer', async () => {
    const shown = ask()
    await turns(10)
    manual.refreshes[0]?.fail(answered(503))
    await vi.advanceTimersByTimeAsync(300)
    manual.refreshes[1]?.answer(NEXT)
    await turns(10)

    expect(manual.refreshes[1]?.input).toBe(TOKENS)
    expect(shown.outcome).toMatchObject({ kind: 'renewed', tokens: { refreshToken: 'RT2' } })
  })

  it('is not asked before its time', async () => {
    const shown = ask()
    await turns(10)
    manual.refreshes[0]?.fail(answered(503, { 'retry-after': '4' }))
    await vi.advanceTimersByTimeAsync(3_999)
    expect(count()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)

    expect(count()).toBe(2)
    manual.refreshes[1]?.answer(NEXT)
    await turns(10)
    expect(shown.outcome).toMatchObject({ kind: 'renewed' })
  })

  it('is not asked again where that would take too long', async () => {
    const shown = ask()
    await turns(10)
    manual.refreshes[0]?.fail(answered(503, { 'retry-after': '6' }))
    await turns(10)

    expect(shown.outcome).toMatchObject({ kind: 'failed', until: performance.now() + 6_000 })
    expect(count()).toBe(1)
  })

  it('ends the session where it refuses the second attempt', async () => {
    const shown = ask()
    await turns(10)
    manual.refreshes[0]?.fail(answered(503))
    await vi.advanceTimersByTimeAsync(300)
    manual.refreshes[1]?.fail(answered(400))
    await turns(10)

    expect(shown.outcome).toMatchObject({ kind: 'refused' })
  })
})

describe('a server that does not answer', () => {
  it('is waited for no longer than the bound, told so, and not asked again', async () => {
    const shown = ask()
    await vi.advanceTimersByTimeAsync(TIMEOUT - 1)
    expect(shown.outcome).toBeUndefined()
    expect(manual.refreshes[0]?.context.signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)

    expect(shown.outcome).toMatchObject({ kind: 'failed', cause: { name: 'TimeoutError' } })
    expect(manual.refreshes[0]?.context.signal.aborted).toBe(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count()).toBe(1)
  })

  it('has the whole bound for each attempt', async () => {
    const shown = ask()
    await vi.advanceTimersByTimeAsync(TIMEOUT - 1)
    manual.refreshes[0]?.fail(answered(503))
    await vi.advanceTimersByTimeAsync(300 + TIMEOUT - 1)
    expect(shown.outcome).toBeUndefined()
    manual.refreshes[1]?.answer(NEXT)
    await turns(10)

    expect(shown.outcome).toMatchObject({ kind: 'renewed' })
  })

  it('is waited for no longer where the application is unmounted', async () => {
    const shown = ask()
    await turns(10)
    stop.abort()
    await turns(10)

    expect(shown.outcome).toMatchObject({ kind: 'failed' })
    expect(manual.refreshes[0]?.context.signal.aborted).toBe(true)
  })
})

describe('a session that ends meanwhile', () => {
  it('has its answer waited for: the tokens in it must be handed back', async () => {
    const shown = ask()
    await turns(10)
    ended.abort()
    await turns(10)
    expect(shown.outcome).toBeUndefined()
    manual.refreshes[0]?.answer(NEXT)
    await turns(10)

    expect(shown.outcome).toMatchObject({ kind: 'renewed', tokens: { refreshToken: 'RT2' } })
  })

  it('needs no further attempt', async () => {
    const shown = ask()
    await turns(10)
    manual.refreshes[0]?.fail(answered(503))
    await vi.advanceTimersByTimeAsync(100)
    ended.abort()
    await vi.advanceTimersByTimeAsync(60_000)

    expect(shown.outcome).toMatchObject({ kind: 'failed' })
    expect(count()).toBe(1)
  })

  it('needs no attempt at all where it ended first', async () => {
    ended.abort()
    const shown = ask()
    await turns(10)

    expect(count()).toBe(0)
    expect(shown.outcome).toMatchObject({ kind: 'failed' })
  })

  it('comes to an answer where it ended in the moment of the question', async () => {
    const shown = ask()
    ended.abort()
    await turns(10)

    // Either nobody was asked, or the answer is waited for as ever.
    manual.refreshes[0]?.answer(NEXT)
    await turns(10)
    expect(shown.outcome).toBeDefined()
  })
})

describe('while the browser is offline', () => {
  beforeEach(() => {
    goOffline()
  })

  function goOffline() {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  }

  function goOnline() {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(true)
    dispatchEvent(new Event('online'))
  }

  it('nobody is asked, and exactly once when it is online again', async () => {
    const shown = ask()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(count()).toBe(0)

    goOnline()
    goOnline()
    await turns(10)
    expect(count()).toBe(1)
    manual.refreshes[0]?.answer(NEXT)
    await turns(10)

    expect(shown.outcome).toMatchObject({ kind: 'renewed' })
  })

  it('the wait ends with the bound, and the next need may try at once', async () => {
    const shown = ask()
    await vi.advanceTimersByTimeAsync(TIMEOUT)

    expect(shown.outcome).toMatchObject({ kind: 'failed', until: 0 })
    goOnline()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count()).toBe(0)
  })

  it('the wait ends with the session', async () => {
    const shown = ask()
    await turns(10)
    ended.abort()
    await turns(10)

    expect(shown.outcome).toMatchObject({ kind: 'failed', until: 0 })
    expect(count()).toBe(0)
  })

  it('nobody waits for a session that has ended already', async () => {
    ended.abort()
    const shown = ask()
    await turns(10)

    expect(shown.outcome).toMatchObject({ kind: 'failed', until: 0 })
    stop.abort()
    await turns(10)
  })

  it('the wait ends where the application is unmounted', async () => {
    const shown = ask()
    await turns(10)
    stop.abort()
    await turns(10)

    expect(shown.outcome).toMatchObject({ kind: 'failed' })
  })

  it('a retry waits as well', async () => {
    vi.restoreAllMocks()
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const shown = ask()
    await turns(10)
    goOffline()
    manual.refreshes[0]?.fail(answered(503))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(count()).toBe(1)

    goOnline()
    await turns(10)
    manual.refreshes[1]?.answer(NEXT)
    await turns(10)
    expect(shown.outcome).toMatchObject({ kind: 'renewed' })
  })

  it('no listener is left behind, however the wait ends', async () => {
    const added = vi.spyOn(globalThis, 'addEventListener')
    const removed = vi.spyOn(globalThis, 'removeEventListener')

    ask()
    await vi.advanceTimersByTimeAsync(TIMEOUT)
    ask()
    await turns(10)
    goOnline()
    await turns(10)
    manual.refreshes[0]?.answer(NEXT)
    goOffline()
    ask()
    await turns(10)
    ended.abort()
    await turns(10)

    const listeners = added.mock.calls.filter(([type]) => type === 'online').map(([, listener]) => listener)
    const gone = removed.mock.calls.filter(([type]) => type === 'online').map(([, listener]) => listener)
    expect(listeners).toHaveLength(3)
    expect(gone).toEqual(expect.arrayContaining(listeners))
  })
})

describe('on a server', () => {
  it('nobody asks whether it is online', async () => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    vi.stubGlobal('document', undefined)

    const outcome = await askA(async () => NEXT)
    vi.unstubAllGlobals()

    expect(outcome).toMatchObject({ kind: 'renewed' })
  })
})
