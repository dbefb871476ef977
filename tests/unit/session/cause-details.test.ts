import type { AxiosError } from 'axios'
import { describe, expect, it } from 'vitest'
import { safeCause } from '../../../src/session/cause.ts'

const SECRET = 'RT-secret'

const told = (error: unknown, secret = SECRET) => safeCause(error, [secret]) as AxiosError

describe('a plain error', () => {
  it.each([new Error('down'), new TypeError('no'), new RangeError('far'), new SyntaxError('odd')])(
    'is told as it is: %s',
    (error) => {
      expect(told(error)).toBe(error)
    },
  )

  it('is told as a copy where its message holds a secret, with a word in the place of that', () => {
    const error = new Error(`${SECRET} is unknown`)

    expect(told(error)).not.toBe(error)
    expect(told(error).message).toBe('[redacted] is unknown')
  })

  it('is told as a copy where its stack holds a secret', () => {
    const error = new Error('down')
    error.stack = `Error: down at fetch(${SECRET})`

    expect(told(error)).not.toBe(error)
    expect(String(told(error).stack)).not.toContain(SECRET)
  })

  it('is told as a copy where it has anything of its own', () => {
    const error = Object.assign(new Error('down'), { request: SECRET })

    expect(told(error)).not.toHaveProperty('request')
    expect(told(error).message).toBe('down')
  })

  it('has no cause where it had none', () => {
    expect(told(new DOMException('late', 'TimeoutError'))).not.toHaveProperty('cause')
    expect(told(Object.assign(new Error('down'), { cause: 'cable' })).cause).toBe('cable')
  })
})

describe('the status of an answer', () => {
  it.each([
    ['of an answer', { response: { status: 401, data: {} } }, 401],
    ['of the error itself, as fetch wrappers have it', { status: 403 }, 403],
    ['of the answer rather than of the error', { status: 500, response: { status: 400, data: {} } }, 400],
    ['that is none', { status: 'odd' }, undefined],
    ['that nobody named', {}, undefined],
  ])('is told: %s', (_, more, status) => {
    expect(told(Object.assign(new DOMException('no'), more)).status).toBe(status)
  })

  it('comes with nothing where the answer had no body', () => {
    expect(told(Object.assign(new Error('no'), { response: { status: 401 } })).response?.data).toBeNull()
  })
})

describe('what is no error', () => {
  it.each([{ status: 401 }, [SECRET], new Map()])(
    'is not told at all where it is an object: %o',
    (thrown) => {
      expect(told(thrown)).toBeUndefined()
    },
  )

  it('is told as a text', () => {
    expect([told('down'), told(404), told(`no ${SECRET}`)]).toEqual(['down', '404', 'no [redacted]'])
  })
})

it('an error that cannot be read is told as such', () => {
  const trap = Object.defineProperty(new DOMException('x'), 'cause', {
    get: () => {
      throw new Error('trap')
    },
  })

  expect(told(trap).message).toBe('The error underneath cannot be told.')
})

it('a secret does not get out in the middle of a text, escaped as JSON or a URL would have it', () => {
  const secret = 'a"b\\c/d+e'
  const json = JSON.stringify(secret).slice(1, -1)
  const error = new Error(`sent ${json}; asked ?token=${encodeURIComponent(secret)}; had ${secret}.`)

  expect(told(error, secret).message).toBe('sent [redacted]; asked ?token=[redacted]; had [redacted].')
})
