import { AxiosHeaders, type AxiosResponse } from 'axios'
import { describe, expect, it } from 'vitest'
import { isTokenRefused, onParsedBody } from '../../../src/http/refusal.ts'
import { nextPair, signedInApp } from '../../support/manual-app.ts'
import { recordingAdapter } from '../../support/recording-adapter.ts'

const answer = (status: number, headers: unknown = {}, data: unknown = '') =>
  ({ status, headers, data, statusText: '', config: {} }) as AxiosResponse

const challenged = (challenge: string) => answer(401, new AxiosHeaders({ 'www-authenticate': challenge }))

describe('a token is refused', () => {
  it('by a 401 without a word', () => {
    expect(isTokenRefused(answer(401))).toBe(true)
    expect(isTokenRefused(answer(401, undefined))).toBe(true)
    expect(isTokenRefused(answer(401, new AxiosHeaders()))).toBe(true)
  })

  it.each([200, 204, 302, 400, 403, 404, 407, 419, 429, 500, 503])('not by a %d', (status) => {
    expect(isTokenRefused(answer(status))).toBe(false)
    expect(isTokenRefused(answer(status, { 'www-authenticate': 'Bearer error="invalid_token"' }))).toBe(false)
  })

  it.each([
    'Bearer',
    'Bearer realm="api"',
    'Basic realm="error"',
    'Bearer realm="error=insufficient_scope"',
    'Bearer realm="say \\"error=\\"insufficient_scope\\"\\" here"',
    'Bearer error_description="insufficient_scope"',
    'Bearer x-error="insufficient_scope"',
    'Bearer error="invalid_token"',
    'Bearer error=invalid_token',
    'bearer ERROR="invalid_token"',
    'Bearer error = "invalid_token"',
    'Bearer realm="api", error="invalid_token", error_description="The access token expired"',
    'Bearer realm="api",error="invalid_token"',
    'Bearer error_description="the error=\\"insufficient_scope\\" is not meant", error="invalid_token"',
    'Basic realm="x", Bearer realm="api", error="invalid_token"',
    'DPoP algs="ES256", error="invalid_token"',
    'Bearer error="invalid_token", DPoP error="use_dpop_nonce"',
    'Negotiate',
    'Negotiate dG9rZW4=',
    '',
    'nonsense " = , "',
  ])('by a 401 with the challenge %j', (challenge) => {
    expect(isTokenRefused(challenged(challenge))).toBe(true)
  })

  it.each([
    'Bearer error="insufficient_scope"',
    'Bearer error=insufficient_scope',
    'Bearer ERROR="insufficient_scope"',
    'Bearer error = "insufficient_scope"',
    'BEARER error="insufficient_scope"',
    'Bearer realm="api", error="insufficient_scope", scope="admin"',
    'Bearer realm="api" error="insufficient_scope"',
    'Bearer error="insufficient_user_authentication", acr_values="mfa"',
    'Basic realm="x", Bearer error="insufficient_scope"',
    'Bearer error_description="invalid_token", error="insufficient_scope"',
    'Bearer realm="error=\\"invalid_token\\"", error="insufficient_scope"',
    'Bearer error="insufficient\\_scope"',
    'DPoP error="insufficient_scope"',
  ])('not by a 401 with the challenge %j', (challenge) => {
    expect(isTokenRefused(challenged(challenge))).toBe(false)
  })

  it.each([
    'token_expired',
    'expired_token',
    'invalid_request',
    'stale',
    'unauthorized',
    'use_dpop_nonce',
    'insufficient_scopes',
    'INSUFFICIENT_SCOPE',
    '',
  ])('finding 18: by a 401 with the error %j, of which a new token may be the remedy', (error) => {
    expect(isTokenRefused(challenged(`Bearer realm="api", error="${error}"`))).toBe(true)
    expect(isTokenRefused(challenged(`Bearer error=${error}`))).toBe(true)
  })

  it.each<[string, string, boolean]>([
    ['Digest error="stale", Bearer realm="b"', 'Bearer', true],
    ['Digest error="insufficient_scope", Bearer realm="b"', 'Bearer', true],
    ['DPoP error="invalid_token", Bearer error="insufficient_scope"', 'Bearer', false],
    ['DPoP error="invalid_token", Bearer error="insufficient_scope"', 'DPoP', true],
    ['Bearer error="insufficient_scope", DPoP algs="ES256"', 'DPoP', true],
    ['Bearer realm="b", DPoP error="insufficient_scope"', 'dpop', false],
    ['Bearer x.error="insufficient_scope"', 'Bearer', true],
    ['Negotiate, Bearer error="insufficient_scope"', 'Bearer', false],
    ['Negotiate YII=, Bearer error="insufficient_scope"', 'Bearer', false],
    ['Bearer error="insufficient_scope"', 'JWT', false],
    ['Bearer, Bearer error="insufficient_scope"', 'Bearer', false],
    ['Bearer error="invalid_token", Bearer error="insufficient_scope"', 'Bearer', true],
  ])('finding 18: the challenge of the own scheme decides: %s with %s', (challenge, tokenType, expected) => {
    expect(isTokenRefused(challenged(challenge), tokenType)).toBe(expected)
  })

  it('by a 401 with several challenges, one of which says so', () => {
    const headers = { 'www-authenticate': ['Basic realm="x"', 'Bearer error="invalid_token"'] }
    expect(isTokenRefused(answer(401, headers))).toBe(true)

    const other = { 'www-authenticate': ['Basic realm="x"', 'Bearer error="insufficient_scope"'] }
    expect(isTokenRefused(answer(401, other))).toBe(false)
  })

  it('whatever the case of the header', () => {
    for (const name of ['WWW-Authenticate', 'Www-Authenticate', 'www-authenticate']) {
      expect(isTokenRefused(answer(401, { [name]: 'Bearer error="insufficient_scope"' }))).toBe(false)
    }
  })
})

describe('a test of the application', () => {
  const seenIn = (data: unknown) => {
    let seen: unknown
    onParsedBody((response) => {
      seen = response.data
      return true
    })(answer(200, {}, data))
    return seen
  }

  it('sees the parsed body', () => {
    expect(seenIn('{"code":"TOKEN_EXPIRED"}')).toEqual({ code: 'TOKEN_EXPIRED' })
    expect(seenIn('[1]')).toEqual([1])
    expect(seenIn('null')).toBeNull()
  })

  it.each([[''], ['no JSON'], ['<html>'], ['{"code":']])(
    'sees a text that is no JSON as it is: %j',
    (text) => {
      expect(seenIn(text)).toBe(text)
    },
  )

  it('sees a body that is not said to be JSON as it is', () => {
    for (const body of [new Blob(['{}']), new ArrayBuffer(2), null, { done: true }]) {
      expect(seenIn(body)).toBe(body)
    }
  })

  it('finding 19: decides what is refreshed by a JSON code in a Blob', async () => {
    const { adapter, authorizations } = recordingAdapter(({ headers }) =>
      headers.get('Authorization') === 'Bearer AT2'
        ? { data: new Blob(['%PDF']) }
        : {
            status: 403,
            data: new Blob(['{"code":"TOKEN_EXPIRED"}']),
            headers: { 'content-type': 'application/json' },
          },
    )
    const app = await signedInApp({
      axios: { baseURL: 'https://api.ok', adapter },
      backend: { refresh: async () => nextPair },
      shouldRefresh: ({ status, data }) => status === 403 && data.code === 'TOKEN_EXPIRED',
    })

    const { data } = await app.auth.http.get('/x', { responseType: 'blob' })

    expect(await data.text()).toBe('%PDF')
    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT2'])
  })

  it('may take its time', async () => {
    const { adapter, authorizations } = recordingAdapter(({ headers }) => ({
      status: headers.get('Authorization') === 'Bearer AT2' ? 200 : 418,
    }))
    const app = await signedInApp({
      axios: { baseURL: 'https://api.ok', adapter },
      backend: { refresh: async () => nextPair },
      shouldRefresh: async ({ status }) => status === 418,
    })

    await app.auth.http.get('/x')

    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT2'])
  })

  it('that throws, or rejects, rejects the request with that error', async () => {
    const { adapter } = recordingAdapter()
    const error = new Error('broken')
    const tests = [
      () => {
        throw error
      },
      () => Promise.reject(error),
    ]
    for (const [index, shouldRefresh] of tests.entries()) {
      const app = await signedInApp({
        id: `app-${index}`,
        axios: { baseURL: 'https://api.ok', adapter },
        shouldRefresh,
      })
      await expect(app.auth.http.get('/x')).rejects.toBe(error)
      expect(app.store.status).toBe('authenticated')
    }
  })

  it('sees status, headers and config as they are', () => {
    const response = answer(419, { a: 'b' })
    let seen: AxiosResponse | undefined
    onParsedBody((given) => {
      seen = given
      return false
    })(response)

    expect(seen).toMatchObject({ status: 419, headers: { a: 'b' }, config: response.config })
  })

  it('does not change what the caller gets', () => {
    const response = answer(200, {}, '{"a":1}')

    onParsedBody(({ data }) => Boolean(Object.assign(data, { b: 2 })))(response)

    expect(response.data).toBe('{"a":1}')
  })

  it('gives its answer on', () => {
    expect(onParsedBody(() => true)(answer(200))).toBe(true)
    expect(onParsedBody(() => false)(answer(401))).toBe(false)
  })

  it('decides what is refreshed, instead of the status', async () => {
    const { adapter, authorizations } = recordingAdapter(({ headers, url }) => {
      if (url === '/401') return { status: 401 }
      return {
        data: headers.get('Authorization') === 'Bearer AT2' ? '{"ok":true}' : '{"code":"TOKEN_EXPIRED"}',
      }
    })
    const app = await signedInApp({
      axios: { baseURL: 'https://api.ok', adapter },
      backend: { refresh: async () => nextPair },
      shouldRefresh: ({ data }) => data.code === 'TOKEN_EXPIRED',
    })

    await expect(app.auth.http.get('/401')).rejects.toMatchObject({
      name: 'AxiosError',
      response: { status: 401 },
    })
    expect((await app.auth.http.get('/x')).data).toEqual({ ok: true })
    expect(authorizations()).toEqual(['Bearer AT1', 'Bearer AT1', 'Bearer AT2'])
  })
})
