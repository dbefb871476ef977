import { AxiosError, AxiosHeaders, type InternalAxiosRequestConfig } from 'axios'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isRefusal, isUnspent, judge, retryAfter } from '../../../src/session/failure.ts'

const NOW = Date.UTC(2026, 10, 23, 12)

/** An answer as axios turns it into an error. */
const answered = (
  status: number,
  headers: Record<string, string> = {},
  data: unknown = { error: 'no' },
): AxiosError => {
  const config = { headers: new AxiosHeaders() } as InternalAxiosRequestConfig
  const response = { status, statusText: '', headers: new AxiosHeaders(headers), data, config }
  return new AxiosError(`Request failed with status code ${status}`, undefined, config, undefined, response)
}

/** A request that brought no answer. */
const unanswered = (code: string): AxiosError => new AxiosError('Network Error', code)

/** What fetch throws where there was no connection. */
const fetchFailed = (code: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(`connect ${code}`), { code }) })

const date = (ms: number) => new Date(ms).toUTCString()

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('a refresh that failed ends the session', () => {
  it.each([400, 401, 403, 410, 419, 422, 440, 498])('where the server answered %d', (status) => {
    expect(isRefusal(answered(status))).toBe(true)
    expect(isRefusal(answered(status, { 'content-type': 'application/json' }))).toBe(true)
    expect(isRefusal(answered(status, {}, ''))).toBe(true)
    expect(isRefusal(answered(status, { 'content-type': 'text/plain' }, 'invalid_grant'))).toBe(true)
  })

  it.each([200, 301, 302, 404, 405, 408, 409, 415, 423, 425, 429, 499, 500, 501, 502, 503, 504, 511])(
    'but not where it answered %d',
    (status) => {
      expect(isRefusal(answered(status))).toBe(false)
    },
  )

  it.each([
    'ERR_NETWORK',
    'ECONNABORTED',
    'ETIMEDOUT',
    'ECONNRESET',
    'ECONNREFUSED',
    'ERR_BAD_RESPONSE',
    'ERR_CANCELED',
  ])('but not where there was no answer: %s', (code) => {
    expect(isRefusal(unanswered(code))).toBe(false)
  })

  it.each([
    ['says so', { 'content-type': 'text/html; charset=utf-8' }, 'Blocked'],
    ['says so in capitals', { 'Content-Type': 'TEXT/HTML' }, 'Blocked'],
    ['is XHTML', { 'content-type': 'application/xhtml+xml' }, '<?xml version="1.0"?>'],
    ['only looks like one', {}, '<!DOCTYPE html><title>Blocked</title>'],
    ['looks like one after blank lines', {}, '\r\n  <html lang="en">'],
    ['looks like one after a byte order mark', {}, '\uFEFF<!doctype html>'],
  ])('but not where a page came in its place, a firewall or a captive portal: it %s', (_, headers, data) => {
    for (const status of [400, 401, 403, 419]) expect(isRefusal(answered(status, headers, data))).toBe(false)
  })

  it('also where it was asked through fetch', async () => {
    const response = (body: string, type: string) =>
      new Response(body, { status: 401, headers: { 'content-type': type } })

    expect(isRefusal(Object.assign(new Error('401'), { status: 401 }))).toBe(true)
    expect(isRefusal(Object.assign(new Error('401'), { response: response('{}', 'application/json') }))).toBe(
      true,
    )
    expect(isRefusal(Object.assign(new Error('401'), { response: response('<html>', 'text/html') }))).toBe(
      false,
    )
  })

  it.each([[undefined], [null], ['401'], [401], [{}], [new Error('401')], [Symbol('401')], [() => 401]])(
    'but not for what tells of no status: %s',
    (error) => {
      expect(isRefusal(error)).toBe(false)
    },
  )
})

describe('a refresh token is certainly unspent', () => {
  it.each([429, 503])('where the server turned the request away with %d', (status) => {
    expect(isUnspent(answered(status))).toBe(true)
  })

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])(
    'where there never was a connection: %s',
    (code) => {
      expect(isUnspent(unanswered(code))).toBe(true)
      expect(isUnspent(fetchFailed(code))).toBe(true)
    },
  )

  it.each([408, 425, 500, 502, 504, 200])('but not where the server answered %d', (status) => {
    expect(isUnspent(answered(status))).toBe(false)
  })

  it.each([
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ECONNABORTED',
    'ERR_NETWORK',
    'ERR_BAD_RESPONSE',
    'UND_ERR_SOCKET',
  ])('but not where the connection was lost on the way: %s', (code) => {
    expect(isUnspent(unanswered(code))).toBe(false)
    expect(isUnspent(fetchFailed(code))).toBe(false)
  })

  it('but not where nothing is known', () => {
    for (const error of [undefined, null, 'ECONNREFUSED', 503, {}, new Error('503')]) {
      expect(isUnspent(error)).toBe(false)
    }
  })

  it('and an error that is its own cause is no trap', () => {
    const error: Error = new Error('round')
    error.cause = error

    expect(isUnspent(error)).toBe(false)
  })
})

describe('a server that wants to be left alone', () => {
  it.each([
    ['0', 0],
    ['2', 2_000],
    [' 2 ', 2_000],
    ['120', 120_000],
  ])('says for how many seconds: %s', (value, expected) => {
    expect(retryAfter(answered(503, { 'retry-after': value }))).toBe(expected)
  })

  it('says until when', () => {
    expect(retryAfter(answered(503, { 'retry-after': date(NOW + 3_000) }))).toBe(3_000)
  })

  it.each([
    ['as RFC 9110 wants it', 'Mon, 23 Nov 2026 12:00:03 GMT'],
    ['as RFC 850 had it', 'Monday, 23-Nov-26 12:00:03 GMT'],
    ['as asctime() has it', 'Mon Nov 23 12:00:03 2026'],
  ])('finding 31: says until when in GMT, %s, wherever this device is', (_, value) => {
    const zone = process.env.TZ
    for (const TZ of ['UTC', 'America/New_York', 'Asia/Kolkata']) {
      process.env.TZ = TZ
      expect(retryAfter(answered(503, { 'retry-after': value })), TZ).toBe(3_000)
      expect(retryAfter(answered(503, { 'retry-after': value, date: 'Mon Nov 23 12:00:01 2026' }))).toBe(
        2_000,
      )
    }
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })

  it('says until when with a day of one digit', () => {
    const headers = { 'retry-after': 'Sun Nov  6 08:49:39 1994', date: 'Sun, 06 Nov 1994 08:49:37 GMT' }

    expect(retryAfter(answered(503, headers))).toBe(2_000)
  })

  it('finding 31: may say so in X-Retry-After, where there is no Retry-After', () => {
    expect(retryAfter(answered(429, { 'x-retry-after': '2' }))).toBe(2_000)
    expect(retryAfter(answered(429, { 'X-Retry-After': date(NOW + 2_000) }))).toBe(2_000)
    expect(retryAfter(answered(429, { 'x-retry-after': '2', 'retry-after': '4' }))).toBe(4_000)
  })

  it.each([-3_600_000, 3_600_000])('is understood where its clock is %d ms off', (off) => {
    const headers = { 'retry-after': date(NOW + off + 3_000), date: date(NOW + off) }

    expect(retryAfter(answered(503, headers))).toBe(3_000)
  })

  it('is understood whatever the case of the header', () => {
    expect(retryAfter(answered(503, { 'Retry-After': '2' }))).toBe(2_000)
    expect(retryAfter(answered(503, { 'RETRY-AFTER': date(NOW + 63_000), Date: date(NOW + 60_000) }))).toBe(
      3_000,
    )
  })

  it('is understood where it was asked through fetch', () => {
    const response = new Response(null, { status: 503, headers: { 'Retry-After': '2' } })

    expect(retryAfter(Object.assign(new Error('503'), { response }))).toBe(2_000)
  })

  it.each(['', 'soon', '-5', '1.5', 'NaN', '1e3', 'Thu, 99 Foo 2026', date(NOW - 60_000)])(
    'may be asked again at once where it says %j',
    (value) => {
      expect(retryAfter(answered(503, { 'retry-after': value }))).toBe(0)
    },
  )

  it('says nothing where there was no answer', () => {
    for (const error of [undefined, null, 'x', {}, unanswered('ECONNREFUSED')])
      expect(retryAfter(error)).toBe(0)
  })

  it('never makes the wait negative or no number, whatever it says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, sent) => {
        const wait = retryAfter(answered(503, { 'retry-after': value, date: sent }))

        expect(wait).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('the verdict on a refresh that failed', () => {
  const AT_MOST = 1 - Number.EPSILON

  it.each([
    ['429', answered(429)],
    ['503', answered(503)],
    ['connection refused', unanswered('ECONNREFUSED')],
  ])('is to try twice more, from 300 ms, doubling, with full jitter: %s', (_, error) => {
    const random = vi.spyOn(Math, 'random')

    random.mockReturnValue(AT_MOST)
    expect([0, 1, 2].map((retries) => judge(error, retries).again)).toEqual([
      expect.closeTo(300),
      expect.closeTo(600),
      null,
    ])
    random.mockReturnValue(0)
    expect([0, 1].map((retries) => judge(error, retries).again)).toEqual([0, 0])
    random.mockReturnValue(0.5)
    expect([0, 1].map((retries) => judge(error, retries).again)).toEqual([150, 300])
  })

  it.each([
    ['408', answered(408)],
    ['500', answered(500)],
    ['502', answered(502)],
    ['504', answered(504)],
    ['a dropped connection', unanswered('ECONNRESET')],
    ['a network error', unanswered('ERR_NETWORK')],
    ['a timeout', unanswered('ECONNABORTED')],
    ['a malformed success', unanswered('ERR_BAD_RESPONSE')],
    ['a page', answered(403, { 'content-type': 'text/html' })],
    ['anything else', new Error('broken')],
    ['nothing', undefined],
  ])('is not to try by itself where the refresh token may have been spent: %s', (_, error) => {
    expect(judge(error, 0).again).toBeNull()
  })

  it.each([
    ['2', 2_000],
    ['5', 5_000],
    [date(NOW + 4_000), 4_000],
  ])(
    'is to wait for as long as the server wants, and by chance up to a quarter longer: %s',
    (value, wait) => {
      const random = vi.spyOn(Math, 'random')
      for (const status of [429, 503]) {
        const error = answered(status, { 'retry-after': value })
        random.mockReturnValue(0)
        expect([0, 1, 2].map((retries) => judge(error, retries).again)).toEqual([wait, wait, null])
        random.mockReturnValue(AT_MOST)
        expect(judge(error, 0).again).toBeCloseTo(wait * 1.25)
        expect(judge(error, 0).until).toBeCloseTo(performance.now() + wait * 1.25)
      }
    },
  )

  it('is never to ask sooner than the server wants', () => {
    for (let n = 0; n < 100; n++) {
      const { again, until } = judge(answered(429, { 'retry-after': '3' }), 0)
      expect(again).toBeGreaterThanOrEqual(3_000)
      expect(until).toBeGreaterThanOrEqual(performance.now() + 3_000)
    }
  })

  it.each([['6'], ['3600'], [date(NOW + 6_000)], ['9'.repeat(400)]])(
    'is to give up where the server wants longer than 5 s: %s',
    (value) => {
      expect(judge(answered(503, { 'retry-after': value }), 0).again).toBeNull()
    },
  )

  it('lets nobody else ask for a second', () => {
    for (const error of [answered(500), answered(503), unanswered('ECONNRESET'), undefined]) {
      expect(judge(error, 2).until).toBe(performance.now() + 1_000)
    }
  })

  it('lets nobody else ask before the server wants it', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    expect(judge(answered(500, { 'retry-after': '60' }), 0).until).toBe(performance.now() + 60_000)
    expect(judge(answered(503, { 'retry-after': date(NOW + 60_000) }), 0).until).toBe(
      performance.now() + 60_000,
    )
    expect(judge(answered(429, { 'retry-after': '0' }), 2).until).toBe(performance.now() + 1_000)
  })

  it('does not depend on the clock of the device', () => {
    const { until } = judge(answered(500), 0)

    vi.setSystemTime(NOW + 8 * 3_600_000)

    expect(judge(answered(500), 0).until).toBe(until)
  })
})
