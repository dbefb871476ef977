import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watch } from 'vue'
import { AuthError } from '../../../src/errors.ts'
import { firstStanding } from '../../../src/standing.ts'
import { Session } from '../../../src/session/session.ts'

const NOW = Date.UTC(2026, 10, 23)
const MINUTE = 60_000

const tokens = (turn: number, expiresAt?: number) => ({
  accessToken: `AT${turn}`,
  refreshToken: `RT${turn}`,
  ...(expiresAt && { expiresAt }),
})

/** What a refresh brings. */
const next = (expiresAt?: number) => ({ tokens: tokens(2, expiresAt), refreshAt: Infinity, generation: 2 })

const start = (expiresAt?: number, leeway = 30) =>
  Session.start(tokens(1, expiresAt), { remember: true, leeway, ...firstStanding(1) })

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('a session', () => {
  it('has an identity of its own', () => {
    const ids = new Set(Array.from({ length: 1_000 }, () => start().id))

    expect(ids.size).toBe(1_000)
  })

  it('goes on from its record after a reload, as the same session', () => {
    const session = start(NOW + MINUTE)
    vi.setSystemTime(NOW + MINUTE / 2)
    const later = new Session({ ...session.record })

    expect(later.record).toEqual(session.record)
    expect(later.isDue).toBe(session.isDue)
  })

  it('says nothing of its tokens but that they are there', () => {
    expect(start().id).not.toMatch(/AT1|RT1/)
  })

  it('keeps its identity through a refresh, and has other tokens', () => {
    const session = start(NOW + MINUTE)
    const { id } = session

    session.renew(next())

    expect(session.record).toEqual({
      id,
      remember: true,
      tokens: { accessToken: 'AT2', refreshToken: 'RT2' },
      refreshAt: Infinity,
      generation: 2,
    })
  })

  it('forgets what stood in the way of the tokens before: a failure, a refusal', () => {
    const session = start()
    const error = new AuthError('ERR_AUTH_REFRESH')
    session.failure = { error, until: Infinity }
    session.refused = error

    session.renew(next())

    expect([session.failure, session.refused]).toEqual([null, null])
  })

  it('shows its tokens to whoever watches them', () => {
    const session = start()
    const seen: string[] = []
    watch(
      () => session.tokens.accessToken,
      (token) => void seen.push(token),
      { flush: 'sync' },
    )

    session.renew(next())

    expect(seen).toEqual(['AT2'])
  })
})

describe('an access token', () => {
  it('is due a leeway before its end, and dead at its end', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const session = start(NOW + 5 * MINUTE)

    vi.setSystemTime(NOW + 5 * MINUTE - 30_001)
    expect([session.isDue, session.isDead, session.isServing]).toEqual([false, false, true])
    vi.setSystemTime(NOW + 5 * MINUTE - 30_000)
    expect([session.isDue, session.isDead, session.isServing]).toEqual([true, false, true])
    vi.setSystemTime(NOW + 5 * MINUTE)
    expect([session.isDue, session.isDead, session.isServing]).toEqual([true, true, false])
  })

  it('is neither due nor dead where its end is not known', () => {
    const session = start()

    vi.setSystemTime(NOW + 10_000 * MINUTE)

    expect([session.isDue, session.isDead, session.isServing]).toEqual([false, false, true])
  })

  it('is due for half of its life where it lives shorter than the leeway', () => {
    const session = start(NOW + 1_000)

    expect(session.isDue).toBe(false)
    vi.setSystemTime(NOW + 500)
    expect(session.isDue).toBe(true)
  })

  it('serves no longer once a server turned it away', () => {
    const session = start()

    session.reject('AT1')

    expect([session.isServing, session.isDead]).toEqual([false, false])
  })

  it('serves again after a refresh', () => {
    const session = start(NOW + 1)
    session.reject('AT1')
    vi.setSystemTime(NOW + MINUTE)

    session.renew(next(NOW + 10 * MINUTE))

    expect([session.isServing, session.isDead, session.isDue]).toEqual([true, false, false])
  })

  it('still serves where it was an older one that a server turned away', () => {
    const session = start()
    session.renew(next())

    session.reject('AT1')

    expect(session.isServing).toBe(true)
  })
})

describe('the end of a session', () => {
  it('is told to whoever waits for it, with its reason', () => {
    const session = start()
    const heard = vi.fn<() => void>()
    session.ended.addEventListener('abort', () => heard())
    expect(session.endedBy).toBeNull()

    session.end('ERR_AUTH_EXPIRED')

    expect(heard).toHaveBeenCalledOnce()
    expect(session.endedBy).toBe('ERR_AUTH_EXPIRED')
    expect(session.ended.aborted).toBe(true)
  })

  it('has its reason by the time it is heard of', () => {
    const session = start()
    let reason: unknown
    session.ended.addEventListener('abort', () => (reason = session.endedBy))

    session.end('ERR_AUTH_SESSION_CHANGED')

    expect(reason).toBe('ERR_AUTH_SESSION_CHANGED')
  })
})
