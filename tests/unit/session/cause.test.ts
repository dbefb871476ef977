import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { AxiosError, AxiosHeaders, type InternalAxiosRequestConfig, isAxiosError } from 'axios'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeCause } from '../../../src/session/cause.ts'
import { reaches } from '../../support/reachable.ts'

const SECRET = 'RT-secret'

/** What an HTTP client throws when a refresh is refused: everything in it leads to the refresh token. */
const refused = (data: unknown = { error: 'invalid_grant' }, status = 400): AxiosError => {
  const config = {
    url: '/auth/refresh',
    data: JSON.stringify({ refresh_token: SECRET }),
    headers: new AxiosHeaders({ Authorization: `Bearer ${SECRET}` }),
  } as InternalAxiosRequestConfig
  const request = { _header: 'POST', body: SECRET }
  const headers = new AxiosHeaders({ 'set-cookie': SECRET })
  const response = { status, statusText: 'Bad Request', data, headers, config, request }
  return new AxiosError('Request failed with status code 400', 'ERR_BAD_REQUEST', config, request, response)
}

const causeOf = (error: unknown) => safeCause(error, [SECRET]) as AxiosError

/** All the ways by which something gets into a log. */
const printed = (value: unknown) =>
  [inspect(value, { depth: 9, showHidden: true, getters: true }), asJson(value), String(value)].join()

const asJson = (value: unknown) => {
  try {
    return JSON.stringify(value)
  } catch {
    return '' // what cannot be written cannot leak
  }
}

const expectSafe = (error: unknown) => {
  const cause = causeOf(error)
  expect(reaches(cause, SECRET)).toBe(false)
  expect(printed(cause)).not.toContain(SECRET)
}

describe('what is told of a refused refresh', () => {
  it('leads nowhere near the refresh token', () => {
    expect(reaches(refused(), SECRET)).toBe(true)

    expectSafe(refused())
  })

  it('still says what happened', () => {
    const cause = causeOf(refused({ error: 'invalid_grant', error_description: 'It was used before.' }))

    expect(isAxiosError(cause)).toBe(true)
    expect(cause.message).toBe('Request failed with status code 400')
    expect(cause.code).toBe('ERR_BAD_REQUEST')
    expect(cause.response).toMatchObject({
      status: 400,
      data: { error: 'invalid_grant', error_description: 'It was used before.' },
    })
  })

  it('does not hold the request, nor the way back to it', () => {
    const cause = causeOf(refused())

    expect(cause.config).toBeUndefined()
    expect(cause.request).toBeUndefined()
    expect(cause.response?.config).toBeUndefined()
    expect(cause.response?.request).toBeUndefined()
  })

  it('leaves the error of the backend as it was', () => {
    const error = refused()

    causeOf(error)

    expect(error.config?.data).toContain(SECRET)
  })

  it('keeps the name of the error', () => {
    class TokenEndpointError extends Error {
      override name = 'TokenEndpointError'
      request = { body: SECRET }
    }

    expect(causeOf(new TokenEndpointError('no')).name).toBe('TokenEndpointError')
    expectSafe(new TokenEndpointError('no'))
  })

  it('keeps the causes of the error, each of them clean', () => {
    const error = new Error('refresh failed', { cause: new Error('in between', { cause: refused() }) })

    const cause = causeOf(error)

    expect(cause.message).toBe('refresh failed')
    expect((cause.cause as Error).message).toBe('in between')
    expect(((cause.cause as Error).cause as AxiosError).response?.data).toEqual({ error: 'invalid_grant' })
    expectSafe(error)
  })
})

describe('an error with nothing to hide', () => {
  it.each([
    ['a plain one', new Error('offline')],
    [
      'one of Node',
      Object.assign(new Error('connect'), { code: 'ECONNREFUSED', errno: -111, syscall: 'connect' }),
    ],
    ['one of the platform', new DOMException('There was no answer within 10 ms.', 'TimeoutError')],
    ['one of axios without a request', new AxiosError('malformed', 'ERR_BAD_RESPONSE')],
  ])('can still be told by its name, message and code: %s', (_, error) => {
    const { name, message } = error
    const cause = causeOf(error)

    expect(cause).toBeInstanceOf(Error)
    const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
    expect(cause).toMatchObject({ name, message, ...code })
  })

  it.each([['a text'], [404], [true]])('may be no error at all: %j', (thrown) => {
    expect(String(safeCause(thrown, [SECRET]))).toBe(String(thrown))
  })

  it.each([[null], [undefined]])('may be nothing at all: %j', (thrown) => {
    expect(safeCause(thrown, [SECRET])).toBeUndefined()
    expect(causeOf(new Error('refresh failed', { cause: thrown })).cause ?? undefined).toBeUndefined()
  })

  it('can still be told where there is no refresh token to hide', () => {
    expect(safeCause(new Error('offline'), [undefined])).toHaveProperty('message', 'offline')
  })

  it('still loses the way to the request where there is no refresh token to hide', () => {
    expect(safeCause(refused(), [undefined])).not.toHaveProperty('config.data')
  })
})

describe('a refresh token does not get out', () => {
  it.each([
    ['that echoes it in a field', refused({ error: 'bad', token: SECRET })],
    ['that echoes it in a text', refused(`unknown token ${SECRET}`)],
    ['that echoes it deep down', refused({ details: [{ given: { refresh_token: SECRET } }] })],
    ['that uses it as a key', refused({ [SECRET]: 'unknown' })],
    ['that is a success nobody understood', refused({ tokens: { refresh: 'RT-next', old: SECRET } }, 200)],
  ])('by an answer %s', (_, error) => {
    expectSafe(error)
  })

  it('by a success that was malformed: it may hold the next one', () => {
    expect(reaches(causeOf(refused({ refresh: { token: 'RT-next' } }, 200)), 'RT-next')).toBe(false)
  })

  it.each([
    ['the message', new Error(`cannot use ${SECRET}`)],
    ['the name', Object.assign(new Error('no'), { name: SECRET })],
    ['the code', Object.assign(new Error('no'), { code: SECRET, config: {} })],
    ['a code that is an object', Object.assign(new Error('no'), { code: { token: SECRET } })],
    ['a property', Object.assign(new Error('no'), { body: `refresh_token=${SECRET}` })],
    [
      'a property of a property',
      Object.assign(new Error('no'), { options: { body: { refresh_token: SECRET } } }),
    ],
    ['a function', Object.assign(new Error('no'), { retry: Object.assign(() => {}, { token: SECRET }) })],
    ['a symbol', Object.assign(new Error('no'), { [Symbol('request')]: { body: SECRET } })],
    ['the stack', Object.assign(new Error('no'), { stack: `Error: no\n    at ${SECRET}` })],
    ['a thrown text', SECRET],
    ['a thrown object', { refresh_token: SECRET }],
    ['a thrown list', [SECRET]],
    ['a cause', new Error('no', { cause: SECRET })],
    ['a cause that is an object', new Error('no', { cause: { body: SECRET } })],
    ['the errors of an AggregateError', new AggregateError([refused(), refused()], 'all of them')],
    ['a cause that has several', new Error('no', { cause: new AggregateError([refused()]) })],
  ])('by %s', (_, error) => {
    expectSafe(error)
  })

  it('by properties that do not show, such as those of fetch wrappers', () => {
    const error = new Error('[POST] "/auth/refresh": 400 Bad Request')
    const hidden = { options: { body: { refresh_token: SECRET } }, request: `/auth/refresh?t=${SECRET}` }
    for (const [key, value] of Object.entries(hidden)) Object.defineProperty(error, key, { get: () => value })

    expectSafe(error)
  })

  it('by the getters of a class', () => {
    class WrappedError extends Error {
      readonly #request = { body: SECRET }
      get request() {
        return this.#request
      }
    }

    expectSafe(new WrappedError('no'))
  })

  it('by the status text of an answer', () => {
    const error = refused()
    if (error.response) error.response.statusText = `Bad token ${SECRET}`

    expectSafe(error)
  })

  it('by an answer that is still a stream', () => {
    expectSafe(refused(Readable.from([SECRET])))
  })

  it('where it holds characters that JSON or a URL would write in another way', () => {
    for (const secret of ['RT"quoted"', 'RT\\back', 'RT\nline', 'RTü', 'RT a+b/c=']) {
      const errors = [
        new Error(`cannot use ${secret}`),
        refused({ given: secret }),
        refused(JSON.stringify({ given: secret })),
        Object.assign(new Error('no'), { body: JSON.stringify({ refresh_token: secret }) }),
        Object.assign(new Error('no'), { body: String(new URLSearchParams({ refresh_token: secret })) }),
      ]
      for (const error of errors) {
        const cause = safeCause(error, [secret])
        for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
          expect(reaches(cause, form), `${form} in ${inspect(cause)}`).toBe(false)
        }
      }
    }
  })
})

describe('an error of an odd shape', () => {
  const circular: Record<string, unknown> = {}
  circular.self = circular
  const round: Error = new Error('round')
  round.cause = round
  const throwing = Object.defineProperty(new Error('no'), 'request', {
    enumerable: true,
    get: () => {
      throw new Error('not now')
    },
  })
  const toJson = {
    toJSON: () => {
      throw new Error('not now')
    },
  }

  it.each([
    ['a BigInt', Object.assign(new Error('no'), { offset: 1n })],
    ['a circular property', Object.assign(new Error('no'), { circular })],
    ['a circular answer', refused(circular)],
    ['an answer with a BigInt', refused({ offset: 1n })],
    ['an answer that cannot be written as JSON', refused(toJson)],
    ['itself for a cause', round],
    ['a getter that throws', throwing],
    ['an answer that is none', Object.assign(new Error('no'), { response: 'none' })],
    ['an answer without anything', Object.assign(new Error('no'), { response: {} })],
    ['no prototype', Object.create(null)],
  ])('is no trap: %s', (_, error) => {
    expect(() => causeOf(error)).not.toThrow()
    expectSafe(error)
  })

  it('is no trap where it is a chain without an end', () => {
    let error = refused() as Error
    for (let depth = 0; depth < 5_000; depth++) error = new Error(`level ${depth}`, { cause: error })

    expectSafe(error)
  })

  it('is told no deeper than anybody reads', () => {
    for (const error of [new Error('again'), refused()]) {
      error.cause = error
      let depth = 0
      for (let at: unknown = causeOf(error); at instanceof Error; at = at.cause) depth++
      expect(depth).toBeLessThan(20)
    }
  })

  it('is never a trap, and never a leak', () => {
    const holder = fc.constantFrom(
      'config',
      'request',
      'body',
      'code',
      'name',
      'status',
      'response',
      'data',
      'cause',
    )
    const text = fc.constantFrom(SECRET, `Bearer ${SECRET}`, 'harmless')
    const value = fc.oneof(
      text,
      fc.jsonValue(),
      fc.dictionary(fc.string(), text),
      fc.constantFrom(1n, undefined, NaN, Symbol('x')),
    )
    const properties = fc.dictionary(holder, value)
    const errors = fc.array(fc.tuple(fc.oneof(text, fc.string()), properties), { minLength: 1, maxLength: 4 })

    fc.assert(
      fc.property(errors, (chain) => {
        const error = chain.reduce<unknown>((cause, [message, more]) => {
          const outer = new Error(message, { cause })
          for (const [key, member] of Object.entries(more))
            Object.defineProperty(outer, key, { value: member })
          return Object.assign(outer, { extra: more.body })
        }, undefined)

        expectSafe(error)
      }),
      { numRuns: 500 },
    )
  })
})
