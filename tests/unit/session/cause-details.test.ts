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

describe('finding 31: a secret that is as short as a word', () => {
  it('does not garble the texts it is a part of', () => {
    const error = Object.assign(new DOMException('Request failed with status code 400'), {
      response: { status: 400, data: { error: 'invalid_grant', tries: 17 } },
    })

    for (const secret of ['a', '1', '40', 'ed', 'grant']) {
      expect(told(error, secret).message).toBe('Request failed with status code 400')
      expect(told(error, secret).response?.data).toEqual({ error: 'invalid_grant', tries: 17 })
    }
  })

  it('does not garble a plain error', () => {
    const error = new Error('The network is down.')

    expect(told(error, 'net')).toBe(error)
  })

  it.each(['a', '1', 'RT1', 'a-b', 'a"b', '"a', 'a"', '+/=', '.*', '$&'])(
    'is hidden as a word: %s',
    (secret) => {
      const data = { given: secret, list: [secret, `token=${secret}&x`], [secret]: `unknown: "${secret}".` }
      const error = Object.assign(new DOMException(`Unknown token ${secret}, or not`), {
        response: { status: 401, data },
      })

      expect(told(error, secret).message).toBe('Unknown token [redacted], or not')
      expect(told(error, secret).response?.data).toEqual({
        given: '[redacted]',
        list: ['[redacted]', 'token=[redacted]&x'],
        '[redacted]': 'unknown: "[redacted]".',
      })
    },
  )

  it('is hidden where it is a number', () => {
    const error = Object.assign(new DOMException('no'), {
      response: { status: 401, data: { token: 17, n: 171 } },
    })

    expect(told(error, '17').response?.data).toEqual({ token: '[redacted]', n: 171 })
  })
})

it('finding 31: a body that cannot be told costs nothing else', () => {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  for (const data of [circle, { n: 1n }]) {
    const error = Object.assign(new DOMException('no'), { response: { status: 401, data } })

    expect(told(error)).toMatchObject({ message: 'no', status: 401, response: { status: 401 } })
    expect(told(error).response?.data).toBeUndefined()
  }
})

it('takes a time that grows as the text does', () => {
  const time = (length: number, secret: string) => {
    const error = new Error(`${secret} ${secret.slice(0, -1)}`.repeat(length))
    error.stack = ''
    // The fastest of some: a machine that does other things as well can only make it slower.
    const times = Array.from({ length: 7 }, () => {
      const before = performance.now()
      told(error, secret)
      return performance.now() - before
    })
    return Math.min(...times)
  }

  for (const secret of ['aaaa', 'a-a-', 'a'.repeat(12)]) {
    time(20_000, secret)
    expect(time(80_000, secret) / Math.max(0.1, time(20_000, secret)), secret).toBeLessThan(12)
  }
})
