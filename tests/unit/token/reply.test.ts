import { AxiosError, AxiosHeaders, isAxiosError } from 'axios'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ReplyOrigin, isAuthTokens, tokensFromReply, userFromReply } from '../../../src/token/reply.ts'
import { jwt, jwtOf } from '../../support/jwt.ts'

const NOW = Date.UTC(2026, 10, 23)
const HOUR = 3_600_000
const TEN_YEARS = 10 * 365 * 24 * HOUR
/** A server whose clock is an hour ahead of this device, and one whose clock is an hour behind. */
const AHEAD = (NOW + HOUR) / 1000
const BEHIND = (NOW - HOUR) / 1000

/** How long an access token lives from now on by a reply, in seconds. */
const lifetime = (reply: Record<string, unknown>, handed = false) => {
  const { expiresAt } = tokensFromReply({ access_token: 'AT', ...reply }, { handed })
  return expiresAt === undefined ? undefined : (expiresAt - NOW) / 1000
}

const errorOf = (reply: unknown, origin?: ReplyOrigin): unknown => {
  try {
    return tokensFromReply(reply, origin)
  } catch (error) {
    return error
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a reply of a server', () => {
  it.each(['access_token', 'accessToken', 'access', 'token', 'jwt'])(
    'may name the access token `%s`',
    (name) => {
      expect(tokensFromReply({ [name]: 'AT' })).toEqual({ accessToken: 'AT', tokenType: 'Bearer' })
    },
  )

  it.each(['refresh_token', 'refreshToken', 'refresh'])('may name the refresh token `%s`', (name) => {
    expect(tokensFromReply({ token: 'AT', [name]: 'RT' })).toMatchObject({ refreshToken: 'RT' })
  })

  it.each(['expires_in', 'expiresIn'])('may name the lifetime `%s`', (name) => {
    expect(lifetime({ [name]: 300 })).toBe(300)
  })

  it.each(['token_type', 'tokenType'])('may name the scheme `%s`', (name) => {
    expect(tokensFromReply({ token: 'AT', [name]: 'DPoP' })).toMatchObject({ tokenType: 'DPoP' })
  })

  it.each(['id_token', 'idToken'])('may name the ID token `%s`', (name) => {
    expect(tokensFromReply({ token: 'AT', [name]: 'ID' })).toMatchObject({ idToken: 'ID' })
  })

  it.each(['x-bearer', 'bearer-x', 'Bearer2', 'DPoP'])(
    'keeps a token type that is not Bearer: %s',
    (type) => {
      expect(tokensFromReply({ token: 'AT', token_type: type }).tokenType).toBe(type)
    },
  )

  it.each(['Bearer', 'bearer', 'BEARER'])('writes Bearer in one case: %s', (type) => {
    expect(tokensFromReply({ token: 'AT', token_type: type }).tokenType).toBe('Bearer')
  })

  it('may hold scopes', () => {
    expect(tokensFromReply({ token: 'AT', scope: 'read write' })).toMatchObject({ scope: 'read write' })
  })

  it('is read as RFC 6749 section 5.1 writes it', () => {
    const reply = {
      access_token: '2YotnFZFEjr1zCsicMWpAA',
      token_type: 'example',
      expires_in: 3600,
      refresh_token: 'tGzv3JOkF0XG5Qx2TlKWIA',
      example_parameter: 'example_value',
    }

    expect(tokensFromReply(reply)).toEqual({
      accessToken: '2YotnFZFEjr1zCsicMWpAA',
      tokenType: 'example',
      expiresAt: NOW + HOUR,
      refreshToken: 'tGzv3JOkF0XG5Qx2TlKWIA',
    })
  })

  it('may be AuthTokens, and then comes back as it is', () => {
    const tokens = {
      accessToken: 'AT',
      refreshToken: 'RT',
      tokenType: 'DPoP',
      expiresAt: NOW + HOUR,
      idToken: 'ID',
      scope: 'read',
    }

    expect(tokensFromReply(tokens)).toEqual(tokens)
  })

  it.each(['bearer', 'BEARER', 'bEaReR'])('writes the scheme `%s` as Bearer', (name) => {
    expect(tokensFromReply({ token: 'AT', token_type: name })).toMatchObject({ tokenType: 'Bearer' })
  })

  it('takes null for a member that is not there', () => {
    const reply = { access_token: 'AT', refresh_token: null, token_type: null, expires_in: null, scope: null }

    expect(tokensFromReply(reply)).toEqual({ accessToken: 'AT', tokenType: 'Bearer' })
  })

  it('takes a scheme that is empty for none', () => {
    const previous = { accessToken: 'AT', tokenType: 'DPoP' }

    expect(tokensFromReply({ token: 'AT', token_type: '' }).tokenType).toBe('Bearer')
    expect(tokensFromReply({ token: 'AT', token_type: '' }, { previous }).tokenType).toBe('DPoP')
  })

  it('passes over a name that is null for the next one', () => {
    expect(tokensFromReply({ access_token: null, token: 'AT' })).toMatchObject({ accessToken: 'AT' })
  })

  it('ignores an ID token or scopes that are no strings', () => {
    expect(tokensFromReply({ token: 'AT', id_token: { sub: 1 }, scope: ['read'] })).toEqual({
      accessToken: 'AT',
      tokenType: 'Bearer',
    })
  })
})

describe('a reply to a refresh', () => {
  const previous = {
    accessToken: 'AT1',
    refreshToken: 'RT1',
    tokenType: 'DPoP',
    idToken: 'ID1',
    scope: 'read',
  }

  it('keeps what it does not repeat, the refresh token above all', () => {
    expect(tokensFromReply({ access_token: 'AT2' }, { previous })).toEqual({
      ...previous,
      accessToken: 'AT2',
    })
  })

  it('replaces what it names', () => {
    const reply = {
      access_token: 'AT2',
      refresh_token: 'RT2',
      token_type: 'Bearer',
      id_token: 'ID2',
      scope: 'write',
    }

    expect(tokensFromReply(reply, { previous })).toEqual({
      accessToken: 'AT2',
      refreshToken: 'RT2',
      tokenType: 'Bearer',
      idToken: 'ID2',
      scope: 'write',
    })
  })

  it('keeps the old refresh token where the new one is empty', () => {
    expect(tokensFromReply({ access_token: 'AT2', refresh_token: '' }, { previous })).toMatchObject({
      refreshToken: 'RT1',
    })
  })

  it('never keeps the old end for a new access token', () => {
    const dying = { ...previous, expiresAt: NOW + 1 }

    expect(tokensFromReply({ access_token: 'AT2' }, { previous: dying })).not.toHaveProperty('expiresAt')
  })
})

describe('a malformed reply', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty body', ''],
    ['a page', '<!doctype html><title>Sign in</title>'],
    ['a number', 200],
    ['a list', [{ access_token: 'AT' }]],
    ['an empty object', {}],
    ['no access token', { refresh_token: 'RT', expires_in: 300 }],
    ['an access token that is a number', { access_token: 1 }],
    ['an access token that is an object', { access_token: { value: 'AT' } }],
    ['an access token that is a list', { access_token: ['AT'] }],
    ['an empty access token', { access_token: '' }],
    ['an access token with a blank', { access_token: 'A T' }],
    ['an access token with a line break', { access_token: 'AT\r\nX-Evil: 1' }],
    ['an access token beyond ASCII', { access_token: 'AT€' }],
    ['an access token with a control character', { access_token: 'AT\u0007' }],
    ['a scheme with a line break', { access_token: 'AT', token_type: 'Bearer\r\nX-Evil:' }],
    ['a scheme that is an object', { access_token: 'AT', token_type: {} }],
    ['a refresh token that is a number', { access_token: 'AT', refresh_token: 1 }],
    ['a refresh token that is an object', { access_token: 'AT', refresh_token: {} }],
    ['tokens two levels down', { data: { tokens: { access_token: 'AT' } } }],
    ['tokens in a list', { data: [{ access_token: 'AT' }] }],
    ['tokens in a wrapper of another name', { result: { access_token: 'AT' } }],
  ])('is refused as ERR_BAD_RESPONSE: %s', (_, reply) => {
    const error = errorOf(reply)

    expect(isAxiosError(error) && error.code).toBe(AxiosError.ERR_BAD_RESPONSE)
  })

  it('finding 47: is named by what brought it and by the fields it has, and nothing is told of what they hold', () => {
    const reply = { ok: true, access_token: 'A T', data: { refresh_token: 'RT-secret' } }
    const { message } = errorOf(reply, { from: 'backend.refresh' }) as Error

    expect(message).toMatch(/^backend\.refresh brought no usable access token/)
    for (const name of ['ok', 'access_token', 'data', 'data.refresh_token']) {
      expect(message).toContain(`\`${name}\``)
    }
    expect(message).not.toMatch(/RT-secret|A T/)
  })

  it.each([
    ['nothing', null, 'but nothing'],
    ['an object without fields', {}, 'but nothing'],
    ['a page', '<!doctype html>', 'but a string'],
    ['a list', [], 'but a list'],
  ])('is told as what it is: %s', (_, reply, said) => {
    expect((errorOf(reply, { from: 'backend.login' }) as Error).message).toContain(said)
  })

  it('tells no key that may be a value', () => {
    const { message } = errorOf({ [`eyJ${'x'.repeat(40)}`]: 1, 'a b': 1 }) as Error

    expect(message).not.toMatch(/eyJ|a b/)
  })

  it('tells no more fields than anybody reads', () => {
    const reply = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`f${n}`, n]))

    expect((errorOf(reply) as Error).message.length).toBeLessThan(1_000)
  })

  it('bears the answer it was read from', () => {
    const config = { headers: new AxiosHeaders() }
    const response = { data: '<html>', status: 200, statusText: 'OK', headers: {}, config }

    expect(errorOf({}, { response })).toMatchObject({ response, config, status: 200 })
    expect((errorOf({}, { response }) as AxiosError).response).toBe(response)
    expect((errorOf({}, { response }) as Error).message).toContain('but a string')
  })

  it('bears what it said where the answer is not known, such as that a second factor is wanted', () => {
    const reply = { two_factor: true }

    expect((errorOf(reply) as AxiosError).response?.data).toBe(reply)
  })
})

describe('finding 47: a reply one level down', () => {
  it.each(['data', 'tokens', 'token'])('may be in `%s`', (name) => {
    const reply = { [name]: { access_token: 'AT', refresh_token: 'RT', expires_in: 300 } }

    expect(tokensFromReply(reply)).toEqual({
      accessToken: 'AT',
      refreshToken: 'RT',
      tokenType: 'Bearer',
      expiresAt: NOW + 300_000,
    })
  })

  it('is completed by what stands beside it', () => {
    const reply = { tokens: { access: 'AT', refresh: 'RT' }, expires_in: 300, token_type: 'DPoP', scope: 'a' }

    expect(tokensFromReply(reply)).toMatchObject({ tokenType: 'DPoP', scope: 'a', expiresAt: NOW + 300_000 })
  })

  it('goes before what stands beside it', () => {
    expect(tokensFromReply({ token: { token: 'AT', scope: 'in' }, scope: 'out' }).scope).toBe('in')
  })

  it('gives way to an access token at the top', () => {
    expect(tokensFromReply({ token: 'AT', data: { token: 'other' } }).accessToken).toBe('AT')
  })

  it.each<[string, Record<string, unknown>, object]>([
    ['Django SimpleJWT', { access: 'AT', refresh: 'RT' }, { accessToken: 'AT', refreshToken: 'RT' }],
    [
      'Directus',
      { data: { access_token: 'AT', refresh_token: 'RT', expires: 900_000 } },
      { accessToken: 'AT', refreshToken: 'RT' },
    ],
    ['Strapi', { jwt: 'AT', refreshToken: 'RT', user: { id: 1 } }, { accessToken: 'AT', refreshToken: 'RT' }],
    ['Laravel Passport', { token_type: 'Bearer', expires_in: 31536000, access_token: 'AT' }, {}],
    ['FastAPI', { access_token: 'AT', token_type: 'bearer' }, { tokenType: 'Bearer' }],
    ['Keystone', { token: { access_token: 'AT', expires_at: '2026-11-24T00:00:00.000Z' } }, {}],
  ])('is read as %s sends it', (_, reply, expected) => {
    expect(tokensFromReply(reply)).toMatchObject({ accessToken: 'AT', ...expected })
  })
})

describe('a user beside the tokens', () => {
  const user = { id: 1, name: 'Ada' }

  it.each<[string, unknown]>([
    ['at the top', { token: 'AT', user }],
    ['with tokens that are wrapped', { tokens: { access: 'AT' }, user }],
    ['in the wrapper', { data: { token: 'AT', user } }],
  ])('is found %s', (_, reply) => {
    expect(userFromReply(reply)).toBe(user)
  })

  it.each([
    [undefined],
    [null],
    ['user'],
    [[]],
    [{}],
    [{ user: null }],
    [{ user: 'ada' }],
    [{ user: [user] }],
    [{ user: 7 }],
    [{ data: { data: { user } } }],
  ])('is none in %j', (reply) => {
    expect(userFromReply(reply)).toBeUndefined()
  })
})

describe('a polluted prototype', () => {
  afterEach(() => {
    for (const name of ['access_token', 'refresh_token', 'expires_in', 'user', 'data']) {
      delete (Object.prototype as Record<string, unknown>)[name]
    }
  })

  it('finding 22: says nothing of a reply', () => {
    const pollution = { access_token: 'evil', refresh_token: 'evil', expires_in: 9, user: { id: 'evil' } }
    Object.assign(Object.prototype, pollution, { data: pollution })

    expect(tokensFromReply({ token: 'AT' })).toEqual({ accessToken: 'AT', tokenType: 'Bearer' })
    expect(userFromReply({ token: 'AT' })).toBeUndefined()
    expect(errorOf({})).toMatchObject({ code: 'ERR_BAD_RESPONSE' })
  })
})

describe('a lifetime', () => {
  it.each([
    [3600, 3600],
    ['3600', 3600],
    [' 3600 ', 3600],
    [0.5, 0.5],
    [60 * 24 * 3600, 60 * 24 * 3600],
  ])('of %j seconds counts from the arrival', (seconds, expected) => {
    expect(lifetime({ expires_in: seconds })).toBe(expected)
  })

  it.each([[1e12], ['1e12'], [Number.MAX_VALUE], [Infinity]])('of %j is cut to ten years', (seconds) => {
    expect(lifetime({ expires_in: seconds })).toBe(TEN_YEARS / 1000)
  })

  it.each([[0], [-1], [NaN], [-Infinity], [''], ['soon'], ['-1'], ['3600s'], [true], [{}], [[3600]], [null]])(
    'of %j is not known',
    (seconds) => {
      expect(lifetime({ expires_in: seconds })).toBeUndefined()
    },
  )

  it('is not known of an opaque token without one', () => {
    expect(lifetime({})).toBeUndefined()
  })

  it('goes before what a JWT says', () => {
    expect(lifetime({ access_token: jwt({ iat: 0, exp: 60 }), expires_in: 300 })).toBe(300)
  })

  it('goes before an end that has passed on the clock of this device', () => {
    expect(lifetime({ expires_in: 300, expiresAt: NOW - HOUR })).toBe(300)
  })
})

describe('an end that a backend names', () => {
  it('is taken where it lies ahead', () => {
    expect(lifetime({ expiresAt: NOW + HOUR })).toBe(3600)
  })

  it.each([[NOW - 1], [NOW], [0], [-1e300], [NOW / 1000], [NOW / 1000 - 60], ['2026-11-22']])(
    'is not believed where it has passed: %j',
    (expiresAt) => {
      expect(lifetime({ expiresAt })).toBeUndefined()
    },
  )

  it('is believed where the application hands the tokens over: they may have been lying about', () => {
    expect(lifetime({ expiresAt: NOW - HOUR }, true)).toBe(-3600)
  })

  it.each(['expires_at', 'expiresAt'])('may be named `%s`', (name) => {
    expect(lifetime({ [name]: NOW + HOUR })).toBe(3600)
  })

  it.each<[string, unknown]>([
    ['ms', NOW + HOUR],
    ['seconds', NOW / 1000 + 3600],
    ['seconds with a fraction', NOW / 1000 + 3600.0],
    ['a text of ms', String(NOW + HOUR)],
    ['a text of seconds', String(NOW / 1000 + 3600)],
    ['an ISO date', '2026-11-23T01:00:00Z'],
    ['an ISO date as JavaScript writes it', '2026-11-23T01:00:00.000Z'],
    ['an ISO date as Go writes it', '2026-11-23T01:00:00.123456789+00:00'],
    ['an ISO date in another zone', '2026-11-23T03:00:00+02:00'],
    ['an ISO date in a zone without a colon', '2026-11-22T20:00:00-0500'],
    ['an ISO date in a zone of whole hours', '2026-11-23T03:00:00+02'],
    ['an ISO date without a zone, as Python writes it', '2026-11-23T01:00:00.000000'],
    ['a date as SQL writes it', '2026-11-23 01:00:00'],
    ['a date as Ruby writes it', '2026-11-23 01:00:00 UTC'],
    ['a date without seconds', '2026-11-23T01:00Z'],
  ])('may be %s', (_, expiresAt) => {
    expect(Math.floor(lifetime({ expiresAt }) ?? NaN)).toBe(3600)
    expect(Math.floor(lifetime({ expiresAt }, true) ?? NaN)).toBe(3600)
  })

  it('may be a day', () => {
    expect(lifetime({ expires_at: '2026-11-24' })).toBe(24 * 3600)
  })

  it('finding 30: is taken for seconds by its size, also where the application hands it over', () => {
    expect(lifetime({ expiresAt: NOW / 1000 + 300 }, true)).toBe(300)
    expect(lifetime({ expiresAt: NOW / 1000 - 300 }, true)).toBe(-300)
    expect(lifetime({ expiresAt: NOW + 300_000 }, true)).toBe(300)
  })

  it.each([
    [NaN],
    [Infinity],
    ['soon'],
    ['2026-99-99'],
    ['2026-11-24T25:00:00Z'],
    ['24.11.2026'],
    [''],
    [{}],
    [null],
  ])('is ignored where it is no point in time: %j', (expiresAt) => {
    expect(lifetime({ expiresAt })).toBeUndefined()
    expect(lifetime({ expiresAt, expires_in: 300 })).toBe(300)
  })

  it('is cut to ten years', () => {
    expect(lifetime({ expiresAt: 1e300 })).toBe(TEN_YEARS / 1000)
  })
})

describe('a JWT without a lifetime beside it', () => {
  it.each([
    ['whose server has the same time', NOW / 1000],
    ['whose server is an hour ahead', AHEAD],
    ['whose server is an hour behind', BEHIND],
  ])('lives from its arrival for `exp - iat` seconds: %s', (_, iat) => {
    expect(lifetime({ access_token: jwt({ iat, exp: iat + 300 }) })).toBe(300)
  })

  it('finding 29: ends at its `exp` where that is ahead, although it does not say when it was issued', () => {
    expect(lifetime({ access_token: jwt({ exp: AHEAD }) })).toBe(3600)
    expect(lifetime({ access_token: jwt({ exp: AHEAD, iat: 'long ago' }) })).toBe(3600)
  })

  it('has no known end where its `exp` has passed and it does not say when it was issued', () => {
    expect(lifetime({ access_token: jwt({ exp: BEHIND }) })).toBeUndefined()
  })

  it('finding 29: never ends after an `exp` that is ahead, whatever `iat` it was given', () => {
    const issued = NOW / 1000 - 19 // that of the refresh token, as SimpleJWT copies it

    expect(lifetime({ access_token: jwt({ iat: issued, exp: NOW / 1000 + 3 }) })).toBe(3)
  })

  it('lives for `exp - iat` where it was issued ahead of the clock of this device', () => {
    expect(lifetime({ access_token: jwt({ iat: AHEAD, exp: AHEAD + 3 }) })).toBe(3)
  })

  it.each([
    ['`exp` as a string', jwt({ iat: 0, exp: '300' })],
    ['`exp` as a string that is ahead', jwt({ iat: NOW / 1000, exp: String(AHEAD) })],
    ['`iat` as a string', jwt({ iat: '0', exp: 300 })],
    ['`exp` null', jwt({ iat: 0, exp: null })],
    ['`exp` a list', jwt({ iat: 0, exp: [300] })],
    ['`exp` before `iat`', jwt({ iat: 300, exp: 0 })],
    ['`exp` at `iat`', jwt({ iat: 300, exp: 300 })],
    ['`exp` NaN', jwtOf('{"iat":0,"exp":NaN}')],
    ['no claims', jwt({})],
    ['claims that are null', jwt(null)],
    ['claims that are a string', jwt('claims')],
    ['claims that are a list', jwt([])],
    ['truncated claims', jwtOf('{"iat":0,"exp":30')],
    ['no claims at all', jwtOf('')],
    ['two parts', jwt({ iat: 0, exp: 300 }).split('.').slice(0, 1).join('.') + '.'],
    ['three empty parts', '..'],
    ['a payload that is not base64url', 'e30.%%%.e30'],
    ['a payload that is not UTF-8', `e30.${Buffer.from([0xff, 0xfe]).toString('base64url')}.e30`],
  ])('is opaque with %s', (_, token) => {
    expect(lifetime({ access_token: token })).toBeUndefined()
    expect(lifetime({ access_token: token }, true)).toBeUndefined()
  })

  it.each([['{"iat":0,"exp":1e308}'], ['{"iat":-1e308,"exp":1e308}'], ['{"iat":0,"exp":1e999}']])(
    'lives ten years at the most: %s',
    (claims) => {
      expect(lifetime({ access_token: jwtOf(claims) })).toBe(TEN_YEARS / 1000)
    },
  )
})

describe('a JWT that the application hands over', () => {
  it('ends at its `exp` where that comes first: it may have been issued long ago', () => {
    const iat = NOW / 1000 - 200

    expect(lifetime({ access_token: jwt({ iat, exp: iat + 300 }) }, true)).toBe(100)
  })

  it('ends at its `exp` where it does not say when it was issued', () => {
    expect(lifetime({ access_token: jwt({ exp: AHEAD }) }, true)).toBe(3600)
  })

  it('lives from now on where the clocks differ so much that `exp` has passed', () => {
    expect(lifetime({ access_token: jwt({ iat: BEHIND, exp: BEHIND + 300 }) }, true)).toBe(300)
  })

  it('lives no longer than `exp - iat` where the server is ahead', () => {
    expect(lifetime({ access_token: jwt({ iat: AHEAD, exp: AHEAD + 300 }) }, true)).toBe(300)
  })
})

describe('whatever a server sends', () => {
  const names = fc.constantFrom(
    'access_token',
    'accessToken',
    'access',
    'token',
    'refresh_token',
    'refreshToken',
    'refresh',
    'expires_in',
    'expiresIn',
    'expires_at',
    'expiresAt',
    'data',
    'tokens',
    'user',
    'token_type',
    'tokenType',
    'id_token',
    'idToken',
    'scope',
    '__proto__',
    'constructor',
  )
  const number = fc.oneof(fc.double(), fc.constantFrom(0, -1, 1e12, 1e308, -1e308, NaN, Infinity))
  const odd = fc.oneof(
    fc.jsonValue(),
    number,
    fc.constantFrom('AT', '3600', 'Bearer', '', 'a b', 'ä', null, undefined),
  )
  const origin = fc.record({
    handed: fc.boolean(),
    previous: fc.option(fc.constant({ accessToken: 'AT0', refreshToken: 'RT0' }), { nil: undefined }),
  })

  const check = (
    reply: unknown,
    from: { handed: boolean; previous: { accessToken: string } | undefined },
  ) => {
    let tokens
    try {
      tokens = tokensFromReply(reply, from)
    } catch (error) {
      expect(isAxiosError(error) && error.code).toBe(AxiosError.ERR_BAD_RESPONSE)
      return
    }
    expect(isAuthTokens(tokens)).toBe(true)
    expect(tokens.accessToken).toMatch(/^[!-~]+$/)
    expect(tokens.tokenType).toMatch(/^[!-~]+$/)
    expect(Object.values(tokens)).not.toContain(undefined)
    expect(tokens.expiresAt ?? NOW).toBeLessThanOrEqual(NOW + TEN_YEARS)
    if (!from.handed) expect(tokens.expiresAt ?? NOW).toBeGreaterThanOrEqual(NOW)
    if (from.previous) expect(tokens.refreshToken).toBeTruthy()
  }

  it('is a malformed reply or a sane set of tokens', () => {
    fc.assert(
      fc.property(fc.oneof(odd, fc.dictionary(names, odd)), origin, (reply, from) => check(reply, from)),
      { numRuns: 2_000 },
    )
  })

  it('is a sane set of tokens where the access token is', () => {
    fc.assert(
      fc.property(fc.dictionary(names, odd), origin, (reply, from) =>
        check(Object.assign(Object.create(null), reply, { access_token: 'AT' }), from),
      ),
      { numRuns: 2_000 },
    )
  })

  it('never trips over the claims of a JWT', () => {
    const claims = fc.oneof(odd, fc.dictionary(fc.constantFrom('exp', 'iat', 'nbf', '__proto__'), odd))

    fc.assert(
      fc.property(claims, origin, (payload, from) => {
        const token = jwtOf(JSON.stringify(payload) ?? '')

        expect(tokensFromReply({ access_token: token }, from).accessToken).toBe(token)
        check({ access_token: token }, from)
      }),
      { numRuns: 2_000 },
    )
  })

  it('never trips over a token that looks like a JWT', () => {
    const token = fc
      .array(fc.constantFrom('e30', '.', '%', '=', 'eyJleHAiOjF9', 'AA', '-', '_'))
      .map((parts) => parts.join(''))

    fc.assert(
      fc.property(token, origin, (access_token, from) => check({ access_token }, from)),
      { numRuns: 1_000 },
    )
  })
})

describe('a set of tokens read from outside', () => {
  it.each([
    [{ accessToken: 'AT' }],
    [
      {
        accessToken: 'AT',
        refreshToken: 'RT',
        tokenType: 'Bearer',
        expiresAt: NOW,
        idToken: 'ID',
        scope: 'a b',
      },
    ],
    [{ accessToken: 'AT', expiresAt: -1 }],
  ])('may be used: %j', (value) => {
    expect(isAuthTokens(value)).toBe(true)
  })

  it.each([
    [null],
    [[]],
    ['AT'],
    [{}],
    [{ accessToken: 1 }],
    [{ accessToken: 'A T' }],
    [{ accessToken: 'AT', refreshToken: 1 }],
    [{ accessToken: 'AT', refreshToken: '' }],
    [{ accessToken: 'AT', tokenType: '' }],
    [{ accessToken: 'AT', tokenType: 'B C' }],
    [{ accessToken: 'AT', expiresAt: '1' }],
    [{ accessToken: 'AT', expiresAt: Infinity }],
    [{ accessToken: 'AT', idToken: {} }],
    [{ accessToken: 'AT', scope: 1 }],
  ])('may not be used: %j', (value) => {
    expect(isAuthTokens(value)).toBe(false)
  })
})
