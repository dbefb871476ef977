import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hasExpired, refreshDueAt } from '../../../src/token/lifetime.ts'

const NOW = Date.UTC(2026, 10, 23)
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const token = (expiresAt?: number) => ({ accessToken: 'AT', ...(expiresAt !== undefined && { expiresAt }) })

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('an access token', () => {
  it('has expired from its end on', () => {
    expect(hasExpired(token(NOW + 1))).toBe(false)
    expect(hasExpired(token(NOW))).toBe(true)
    expect(hasExpired(token(NOW - 1))).toBe(true)
  })

  it('is never known to have expired where its end is not known', () => {
    expect(hasExpired(token())).toBe(false)
  })

  it('has expired after a sleep that outlasted it', () => {
    const fiveMinutes = token(NOW + 5 * MINUTE)

    vi.setSystemTime(NOW + 8 * HOUR)

    expect(hasExpired(fiveMinutes)).toBe(true)
  })
})

describe('the time from which on a token is refreshed beside its requests', () => {
  it('lies the leeway before its end, or up to half a leeway before that', () => {
    expect(refreshDueAt(token(NOW + HOUR), 30, 0)).toBe(NOW + HOUR - 30_000)
    expect(refreshDueAt(token(NOW + HOUR), 30, 0.5)).toBe(NOW + HOUR - 37_500)
    expect(refreshDueAt(token(NOW + HOUR), 30, 1)).toBe(NOW + HOUR - 45_000)
  })

  it('is another one for each token: those that were issued together are not all refreshed at once', () => {
    const due = Array.from({ length: 100 }, () => refreshDueAt(token(NOW + HOUR), 30))

    expect(new Set(due).size).toBeGreaterThan(90)
    expect(Math.min(...due)).toBeGreaterThanOrEqual(NOW + HOUR - 45_000)
    expect(Math.max(...due)).toBeLessThanOrEqual(NOW + HOUR - 30_000)
  })

  it('lies half-way where the token lives shorter than twice the leeway', () => {
    expect(refreshDueAt(token(NOW + 40_000), 30)).toBe(NOW + 20_000)
    expect(refreshDueAt(token(NOW + 1_000), 30)).toBe(NOW + 500)
  })

  it('lies at its end without a leeway', () => {
    expect(refreshDueAt(token(NOW + HOUR), 0)).toBe(NOW + HOUR)
  })

  it('never comes where the end is not known', () => {
    expect(refreshDueAt(token(), 30)).toBe(Infinity)
  })

  it('is its end where that has passed already', () => {
    expect(refreshDueAt(token(NOW - HOUR), 30)).toBe(NOW - HOUR)
  })

  it('is sixty days ahead, not at once, for a token of sixty days', () => {
    const sixtyDays = 60 * 24 * HOUR

    expect(refreshDueAt(token(NOW + sixtyDays), 30, 0)).toBe(NOW + sixtyDays - 30_000)
  })

  it('leaves every token at least half of its life, and never comes after its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), fc.double({ min: 0, noNaN: true }), (life, leeway) => {
        const due = refreshDueAt(token(NOW + life), leeway)

        expect(due).toBeGreaterThanOrEqual(NOW + life / 2)
        expect(due).toBeLessThanOrEqual(NOW + life)
      }),
    )
  })
})
