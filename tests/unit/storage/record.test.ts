import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRecord, withoutTokens, writeRecord } from '../../../src/storage/record.ts'

const session = {
  id: 'first',
  tokens: {
    accessToken: 'AT',
    refreshToken: 'RT',
    tokenType: 'Bearer',
    expiresAt: 2,
    idToken: 'ID',
    scope: 'a b',
  },
  refreshAt: 1,
  generation: 3,
}

/** The stored form of the session with other members. */
const recordWith = (members: Record<string, unknown>): string =>
  JSON.stringify({ ...JSON.parse(writeRecord(session)), ...members })

const token = fc.stringMatching(/^[!-~]{1,40}$/)
const anySession = fc.record({
  id: fc.stringMatching(/^[\w.-]{1,99}$/),
  refreshAt: fc.oneof(fc.integer(), fc.constant(Infinity)),
  generation: fc.maxSafeNat(),
  tokens: fc.record(
    {
      accessToken: token,
      refreshToken: fc.string({ minLength: 1 }),
      tokenType: token,
      expiresAt: fc.double({ noNaN: true, noDefaultInfinity: true }).map((end) => end + 0),
      idToken: fc.string({ minLength: 1 }),
      scope: fc.string({ minLength: 1 }),
    },
    { requiredKeys: ['accessToken'] },
  ),
})

describe('a stored session', () => {
  it('comes back as it was written', () => {
    expect(readRecord(writeRecord(session))).toEqual(session)
  })

  it('comes back as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(anySession, (any) => {
        expect(readRecord(writeRecord(any))).toEqual(any)
      }),
    )
  })

  it('comes back without an end where none is known', () => {
    const opaque = { id: 'first', tokens: { accessToken: 'AT' }, refreshAt: Infinity, generation: 0 }

    expect(readRecord(writeRecord(opaque))).toEqual(opaque)
  })

  it('names the version of its form', () => {
    expect(JSON.parse(writeRecord(session))).toHaveProperty('v', 2)
  })

  it('brings nothing along that a stranger wrote beside it', () => {
    const text = recordWith({ admin: true, tokens: { ...session.tokens, admin: true, tokenTypes: 'x' } })

    expect(readRecord(text)).toEqual(session)
  })
})

describe('a stored string that is no session', () => {
  it.each([
    ['nothing', null],
    ['an empty string', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a list of sessions', `[${writeRecord(session)}]`],
    ['a string', '"x"'],
    ['a number', '1'],
    ['a foreign object', '{"access_token":"AT"}'],
    ['a truncated session', writeRecord(session).slice(0, -1)],
    ['a session that was cut in half', writeRecord(session).slice(0, 40)],
    ['a bare token', 'eyJhbGciOiJub25lIn0.e30.c2ln'],
    ['a megabyte', JSON.stringify({ ...session, v: 2, padding: 'x'.repeat(2 ** 20) })],
    ['a deep nest', '['.repeat(30_000)],
    ['an older version', recordWith({ v: 0 })],
    ['the first version', recordWith({ v: 1 })],
    ['a newer version', recordWith({ v: 3 })],
    ['a version in quotes', recordWith({ v: '2' })],
    ['no version', recordWith({ v: undefined })],
    ['no id', recordWith({ id: undefined })],
    ['an empty id', recordWith({ id: '' })],
    ['an id that is a number', recordWith({ id: 1 })],
    ['an id that would be more than one word in the name of a lock', recordWith({ id: 'a#b' })],
    ['an id of a hundred characters', recordWith({ id: 'a'.repeat(100) })],
    ['no generation', recordWith({ generation: undefined })],
    ['a generation that is a string', recordWith({ generation: '3' })],
    ['a generation below none', recordWith({ generation: -1 })],
    ['a generation between two', recordWith({ generation: 1.5 })],
    ['a generation that no tab could ever follow', recordWith({ generation: 1e300 })],
    ['tokens that are null', recordWith({ tokens: null })],
    ['tokens that are a list', recordWith({ tokens: ['AT'] })],
    ['a numeric access token', recordWith({ tokens: { accessToken: 1 } })],
    ['a numeric refresh token', recordWith({ tokens: { accessToken: 'AT', refreshToken: 1 } })],
    ['an access token that no header could hold', recordWith({ tokens: { accessToken: 'A\nT' } })],
    ['a scheme that no header could hold', recordWith({ tokens: { accessToken: 'AT', tokenType: 'B\r\n' } })],
    ['an end that is a string', recordWith({ tokens: { accessToken: 'AT', expiresAt: 'soon' } })],
    [
      'an end beyond every number',
      '{"v":2,"id":"a","generation":1,"tokens":{"accessToken":"AT","expiresAt":1e999}}',
    ],
    [
      'tokens behind __proto__',
      '{"v":2,"id":"a","generation":1,"tokens":{"__proto__":{"accessToken":"AT"}}}',
    ],
    ['all of it behind __proto__', `{"__proto__":${writeRecord(session)}}`],
  ])('is not read: %s', (_, text) => {
    expect(readRecord(text)).toBeNull()
  })

  it('is not read where a storage answers with something that is no string', () => {
    for (const value of [undefined, 1, {}, [], writeRecord]) {
      expect(readRecord(value as unknown as string)).toBeNull()
    }
  })

  it('leaves no trace on the prototype of everything', () => {
    readRecord(
      '{"__proto__":{"polluted":1},"v":2,"id":"a","generation":1,"tokens":{"accessToken":"AT","__proto__":{"polluted":1}}}',
    )
    readRecord('{"constructor":{"prototype":{"polluted":1}}}')

    expect({}).not.toHaveProperty('polluted')
  })

  it('never trips the reader, whatever it is', () => {
    const shape = fc.record(
      {
        v: fc.constantFrom(1, 2, '2'),
        id: fc.jsonValue(),
        generation: fc.jsonValue(),
        tokens: fc.jsonValue(),
        refreshAt: fc.jsonValue(),
        ended: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    const odd = fc.oneof(
      fc.string(),
      fc.json(),
      shape.map((value) => JSON.stringify(value)),
    )

    fc.assert(
      fc.property(odd, (text) => {
        const read = readRecord(text)

        expect(read?.tokens === undefined || typeof read.tokens.accessToken === 'string').toBe(true)
        expect(['logout', 'expired', 'replaced', undefined]).toContain(read?.ended)
      }),
      { numRuns: 1_000 },
    )
  })

  it('never trips the reader where one character of a session is another', () => {
    const text = writeRecord(session)
    const place = fc.nat(text.length - 1)

    fc.assert(
      fc.property(place, fc.string({ maxLength: 1 }), (at, character) => {
        const read = readRecord(text.slice(0, at) + character + text.slice(at + 1))

        expect(read?.tokens === undefined || /^[!-~]+$/.test(read.tokens.accessToken)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('the time of the next refresh', () => {
  it.each([['null'], ['"soon"'], ['{}'], ['[1]'], ['true']])(
    'is never where the record says %s',
    (refreshAt) => {
      const read = readRecord(
        `{"v":2,"id":"a","generation":1,"tokens":{"accessToken":"AT"},"refreshAt":${refreshAt}}`,
      )

      expect(read).toHaveProperty('refreshAt', Infinity)
    },
  )
})

describe('the record of a session without its tokens', () => {
  it('comes back as it was written: they are elsewhere, or the server keeps them to itself', () => {
    const { id, generation } = session

    expect(readRecord(writeRecord({ id, generation }))).toEqual({ id, generation, isHidden: false })
    expect(readRecord(writeRecord({ id, generation, isHidden: true }))).toEqual({
      id,
      generation,
      isHidden: true,
    })
  })

  it('holds no token of a session', () => {
    expect(writeRecord(withoutTokens(session))).not.toMatch(/AT|RT|ID/)
    expect(withoutTokens(session)).toMatchObject({ id: session.id, generation: session.generation })
  })
})

describe('the record of an end', () => {
  const end = { id: 'first', generation: 4, ended: 'logout' } as const

  it.each(['logout', 'expired', 'replaced'] as const)('comes back as it was written: %s', (ended) => {
    expect(readRecord(writeRecord({ ...end, ended }))).toEqual({ ...end, ended, isTold: false })
    expect(readRecord(writeRecord({ ...end, ended, isTold: true }))).toEqual({ ...end, ended, isTold: true })
  })

  it('holds no token', () => {
    expect(writeRecord(withoutTokens({ ...session, ...end }))).not.toMatch(/AT|RT|ID/)
    expect(readRecord(writeRecord({ ...session, ...end }))).toEqual({ ...end, isTold: false })
  })

  it.each([
    ['truncated', writeRecord(end).slice(0, -1)],
    ['another version', writeRecord(end).replace('"v":2', '"v":1')],
    ['a reason of its own', '{"v":2,"id":"a","generation":1,"ended":"bored"}'],
    ['an id that is none', '{"v":2,"id":1,"generation":1,"ended":"logout"}'],
    ['an id with a space', '{"v":2,"id":"a b","generation":1,"ended":"logout"}'],
    ['a generation that is none', '{"v":2,"id":"a","generation":"1","ended":"logout"}'],
  ])('is none where it is %s', (_, text) => {
    expect(readRecord(text)).toBeNull()
  })
})
