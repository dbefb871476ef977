// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'
import { calculateJwkThumbprint, decodeProtectedHeader, type JWK, decodeJwt } from 'jose'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { OAuth2Error, type OAuth2BackendOptions, oauth2Backend } from '../../../src/oauth2/index.ts'
import { install } from '../../support/app.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { CLIENT_ID, type FakeProvider, ISSUER, useFakeProvider } from '../../support/oauth2/fake-provider.ts'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

/** An API that answers what it is told, and remembers what came. */
function apiWith(answers: Array<{ status: number; headers?: Record<string, string>; data?: unknown }>) {
  const requests: InternalAxiosRequestConfig[] = []
  const adapter = async (config: InternalAxiosRequestConfig) => {
    requests.push(config)
    const { status, headers = {}, data = {} } = answers.shift() ?? { status: 200 }
    return { status, statusText: '', headers, data, config }
  }
  return { requests, axios: { baseURL: 'https://api.example/v1', adapter, validateStatus: () => true } }
}

const reply = (number: number, more: object = {}) => ({
  access_token: `AT${number}`,
  refresh_token: `RT${number}`,
  token_type: 'bearer',
  expires_in: 60,
  ...more,
})

/** An app that is signed in. */
async function signedIn(
  provider: FakeProvider,
  api: ReturnType<typeof apiWith>,
  more: Partial<Omit<OAuth2BackendOptions, 'issuer' | 'server'>> = {},
) {
  const oauth = oauth2Backend({ issuer: ISSUER, clientId: CLIENT_ID, redirectUri: '/callback', ...more })
  const harness = install({ axios: api.axios, backend: oauth, attachTo: ['https://api.example', ISSUER] })
  onTestFinished(() => harness.app.unmount())
  let left = ''
  await oauth.signIn({ open: (url) => void (left = url) })
  const { searchParams } = new URL(left)
  const nonce = searchParams.get('nonce') ?? undefined
  const id_token = nonce && (await provider.idToken({ nonce, name: 'Ada' }))
  provider.answers.push({ body: reply(1, { token_type: more.dpop ? 'DPoP' : 'Bearer', id_token }) })
  const { tokens } = await oauth.handleCallback(
    `https://app.example/callback?code=C&iss=${ISSUER}&state=${searchParams.get('state')}`,
  )
  await harness.store.setTokens(tokens)
  return { ...harness, oauth, http: harness.auth.http }
}

/** An app whose user comes from the userinfo endpoint, which answers with a text. */
async function withUserinfo(data: string, prepare: (http: AxiosInstance) => void = () => {}) {
  const provider = useFakeProvider()
  const api = apiWith([
    { status: 200, data },
    { status: 200, data },
  ])
  const user = 'userinfo'
  const oauth = oauth2Backend({ issuer: ISSUER, clientId: CLIENT_ID, redirectUri: '/callback', user })
  const { app, auth, store } = install({ axios: api.axios, backend: oauth, attachTo: [ISSUER] })
  onTestFinished(() => app.unmount())
  prepare(auth.http)
  await store.setTokens({ accessToken: 'AT', idToken: await provider.idToken({}) })
  return { api, store }
}

/** No key is kept over this page: happy-dom has no IndexedDB. */
const noIndexedDb = () => expectConsole('warn', /IndexedDB does not keep the DPoP key/)

const proofOf = ({ headers }: { headers: { get(name: string): unknown } }) =>
  decodeJwt(String(headers.get('DPoP')))

describe('a refresh', () => {
  test('rotates, with the parameters that the provider wants', async () => {
    const provider = useFakeProvider()
    const api = apiWith([{ status: 401 }])
    const { http, store } = await signedIn(provider, api, { resource: 'https://api.example' })
    provider.answers.push({ body: reply(2) })

    expect((await http.get('/me')).status).toBe(200)

    expect(store.tokens).toMatchObject({
      accessToken: 'AT2',
      refreshToken: 'RT2',
      idToken: expect.any(String),
    })
    expect(Object.fromEntries(provider.to('/token')[1]!.body)).toEqual({
      grant_type: 'refresh_token',
      client_id: CLIENT_ID,
      refresh_token: 'RT1',
      resource: 'https://api.example',
    })
  })

  test('that is refused ends the session, and tells why without a token', async () => {
    const provider = useFakeProvider()
    const { http, store } = await signedIn(provider, apiWith([{ status: 401 }]))
    provider.answers.push({ status: 400, body: { error: 'invalid_grant' } })

    await expect(http.get('/me')).rejects.toMatchObject({
      code: 'ERR_AUTH_EXPIRED',
      cause: { name: 'OAuth2Error', response: { status: 400, data: { error: 'invalid_grant' } } },
    })
    expect(store.status).toBe('expired')
  })

  test.each([
    ['503', { status: 500, body: 'away' }],
    ['a page of a firewall', { status: 403, body: '<html>', headers: { 'Content-Type': 'text/html' } }],
    ['a success without a token', { body: {} }],
  ])('that is answered with %s keeps the session', async (_name, answer) => {
    const provider = useFakeProvider()
    const { http, store } = await signedIn(provider, apiWith([{ status: 401 }]))
    provider.answers.push(answer)
    await expect(http.get('/me')).rejects.toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(store.isAuthenticated).toBe(true)
  })

  test('that brings the ID token of somebody else is not taken', async () => {
    const provider = useFakeProvider()
    const { store } = await signedIn(provider, apiWith([]))
    provider.answers.push({ body: reply(2, { id_token: await provider.idToken({ sub: 'eve' }) }) })
    await expect(store.refresh()).rejects.toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(store.accessToken).toBe('AT1')
  })

  test('while the metadata cannot be had keeps the session', async () => {
    const provider = useFakeProvider()
    const oauth = oauth2Backend({ issuer: ISSUER, clientId: CLIENT_ID, redirectUri: '/callback' })
    const { app, store } = install({ axios: apiWith([]).axios, backend: oauth })
    onTestFinished(() => app.unmount())
    await store.setTokens({ accessToken: 'AT', refreshToken: 'RT', idToken: await provider.idToken({}) })
    const spy = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('', { status: 403 }))
    onTestFinished(() => spy.mockRestore())

    await expect(store.refresh()).rejects.toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(store.isAuthenticated).toBe(true)
  })
})

describe('the user', () => {
  test('is told by the ID token', async () => {
    const { store } = await signedIn(useFakeProvider(), apiWith([]))
    await vi.waitFor(() => expect(store.user).toMatchObject({ sub: 'ada', name: 'Ada' }))
  })

  test('is told by the userinfo endpoint', async () => {
    const { store, api } = await withUserinfo('{"sub":"ada","name":"Ada"}')
    await vi.waitFor(() => expect(store.user).toEqual({ sub: 'ada', name: 'Ada' }))
    expect(api.requests[0]).toMatchObject({ url: `${ISSUER}/me` })
    expect(api.requests[0]!.headers.get('Authorization')).toBe('Bearer AT')
  })

  test('is told by it to an app whose interceptor unwraps answers, and by no cache', async () => {
    const { store, api } = await withUserinfo('{"sub":"ada"}', ({ interceptors }) =>
      interceptors.response.use(({ data }) => data),
    )
    await vi.waitFor(() => expect(store.user).toEqual({ sub: 'ada' }))
    expect(api.requests[0]).toMatchObject({ cache: false })
  })

  test.each([
    ['another one', '{"sub":"eve"}'],
    ['a page', '<html>'],
    ['nobody', '{}'],
  ])('is not taken where the userinfo endpoint tells of %s', async (_name, data) => {
    const { store } = await withUserinfo(data)
    await expect(store.fetchUser()).rejects.toMatchObject({ code: 'ERR_OAUTH2_RESPONSE' })
    expect(store.user).toBeNull()
    expectConsole('error', /wrongly: subject/)
  })

  test('wants a scope', () => {
    const options = {
      issuer: ISSUER,
      clientId: CLIENT_ID,
      redirectUri: '/',
      scope: 'api',
      user: 'id-token',
    } as const
    expect(() => oauth2Backend(options)).toThrow('openid')
  })
})

describe('a logout', () => {
  test('revokes the refresh token, and leaves for the provider with the ID token', async () => {
    const provider = useFakeProvider()
    const { oauth, store } = await signedIn(provider, apiWith([]), { postLogoutRedirectUri: '/bye' })
    const { idToken } = store.tokens!
    await store.logout({ redirect: false })
    let left = ''
    await oauth.signOut({ open: (url) => void (left = url) })

    expect(Object.fromEntries(provider.to('/revoke')[0]!.body)).toEqual({
      token: 'RT1',
      client_id: CLIENT_ID,
    })
    expect(Object.fromEntries(new URL(left).searchParams)).toEqual({
      client_id: CLIENT_ID,
      id_token_hint: idToken,
      post_logout_redirect_uri: 'https://app.example/bye',
    })
  })

  test('asks nothing of a provider that has no such endpoints', async () => {
    const provider = useFakeProvider({ revocation_endpoint: undefined, end_session_endpoint: undefined })
    const { oauth, store } = await signedIn(provider, apiWith([]))
    await store.logout()
    expect(provider.to('/revoke')).toEqual([])
    await expect(oauth.signOut()).rejects.toBeInstanceOf(OAuth2Error)
  })
})

describe('DPoP', () => {
  test('proves each request, by method, address and token, with the key of the session', async () => {
    noIndexedDb()
    const provider = useFakeProvider()
    const api = apiWith([])
    const { http } = await signedIn(provider, api, { dpop: true })
    await http.post('/items?x=1', { a: 1 }, { params: { y: 2 } })
    await http.get('https://api.example/v1/me#a')

    const [first, second] = api.requests.map(proofOf)
    expect(first).toMatchObject({ htm: 'POST', htu: 'https://api.example/v1/items' })
    expect(second).toMatchObject({ htm: 'GET', htu: 'https://api.example/v1/me', ath: first!.ath })
    expect(first!.jti).not.toBe(second!.jti)
    expect(api.requests[0]!.headers.get('Authorization')).toBe('DPoP AT1')
    const keys = [
      String(api.requests[0]!.headers.get('DPoP')),
      provider.to('/token')[0]!.headers.get('dpop')!,
    ]
    const prints = keys.map((proof) => calculateJwkThumbprint(decodeProtectedHeader(proof).jwk as JWK))
    expect(new Set(await Promise.all(prints)).size).toBe(1)
  })

  test('answers the nonce of each origin with a new proof, at the provider and at the API', async () => {
    noIndexedDb()
    const provider = useFakeProvider()
    const challenge = { 'DPoP-Nonce': 'api-1', 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"' }
    const api = apiWith([
      { status: 401, headers: challenge },
      { status: 200, headers: { 'dpop-nonce': 'api-2' } },
    ])
    const { http, store } = await signedIn(provider, api, { dpop: true })

    expect((await http.get('/a')).status).toBe(200)
    await http.get('/b')
    provider.answers.push(
      { status: 400, body: { error: 'use_dpop_nonce' }, headers: { 'DPoP-Nonce': 'id-1' } },
      { body: reply(2, { token_type: 'DPoP' }) },
    )
    await store.refresh()
    await http.get('/c')

    expect(api.requests.map((request) => proofOf(request)['nonce'])).toEqual([
      undefined,
      'api-1',
      'api-2',
      'api-2',
    ])
    const asked = provider.to('/token').slice(1)
    expect(asked.map(({ headers }) => decodeJwt(headers.get('dpop')!)['nonce'])).toEqual([undefined, 'id-1'])
    expect(api.requests.at(-1)!.headers.get('Authorization')).toBe('DPoP AT2')
  })

  test('answers the nonce that a request was asked for, whatever older one arrives meanwhile', async () => {
    noIndexedDb()
    const challenge = { 'DPoP-Nonce': 'new', 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"' }
    const asked = Promise.withResolvers<void>()
    const sent: unknown[] = []
    const adapter = async (config: InternalAxiosRequestConfig) => {
      if (config.url === '/late') {
        await asked.promise
        return { status: 200, statusText: '', headers: { 'DPoP-Nonce': 'old' }, data: {}, config }
      }
      sent.push(proofOf(config)['nonce'])
      const isFirst = sent.length === 1
      if (isFirst) asked.resolve()
      return {
        status: isFirst ? 401 : 200,
        statusText: '',
        headers: isFirst ? challenge : {},
        data: {},
        config,
      }
    }
    const api = { ...apiWith([]), axios: { baseURL: 'https://api.example', adapter } }
    const { http } = await signedIn(useFakeProvider(), api as never, { dpop: true })

    const late = http.get('/late')
    expect((await http.get('/a')).status).toBe(200)
    await late

    expect(sent).toEqual([undefined, 'new'])
  })

  test('keeps the nonces of the token endpoint from those of an API on its own origin', async () => {
    noIndexedDb()
    const provider = useFakeProvider()
    const { http, store } = await signedIn(
      provider,
      apiWith([{ status: 200, headers: { 'DPoP-Nonce': 'api' } }]),
      { dpop: true },
    )
    await http.get(`${ISSUER}/api`)
    provider.answers.push(
      { status: 400, body: { error: 'use_dpop_nonce' }, headers: { 'DPoP-Nonce': 'id' } },
      { body: reply(2, { token_type: 'DPoP' }) },
    )
    await store.refresh()

    const asked = provider.to('/token').slice(1)
    expect(asked.map(({ headers }) => decodeJwt(headers.get('dpop')!)['nonce'])).toEqual([undefined, 'id'])
  })

  test('that the token endpoint never finds fresh enough ends no session', async () => {
    noIndexedDb()
    const provider = useFakeProvider()
    const { store } = await signedIn(provider, apiWith([]), { dpop: true })
    const refused = { status: 400, body: { error: 'use_dpop_nonce' }, headers: { 'DPoP-Nonce': 'again' } }
    provider.answers.push(refused, refused)

    await expect(store.refresh()).rejects.toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(store.isAuthenticated).toBe(true)
  })

  test('sends once more, not again and again', async () => {
    noIndexedDb()
    const headers = { 'DPoP-Nonce': 'other', 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"' }
    const api = apiWith([401, 401, 401, 401, 401].map((status) => ({ status, headers })))
    const provider = useFakeProvider()
    const { http } = await signedIn(provider, api, { dpop: true })
    provider.answers.push({ body: reply(2, { token_type: 'DPoP' }) })
    expect((await http.get('/a')).status).toBe(401)
    expect(api.requests.length).toBeLessThanOrEqual(4)
  })

  test('has no key for tokens of another browser: the session ends as if it had been refused', async () => {
    const provider = useFakeProvider()
    const api = apiWith([{ status: 401 }])
    const oauth = oauth2Backend({
      issuer: ISSUER,
      clientId: CLIENT_ID,
      redirectUri: '/',
      dpop: true,
      user: 'none',
    })
    const { app, auth, store } = install({ axios: api.axios, backend: oauth })
    onTestFinished(() => app.unmount())
    expectConsole('warn', /IndexedDB/)
    await store.setTokens({ accessToken: 'AT', refreshToken: 'RT', tokenType: 'DPoP' })
    await expect(auth.http.get('/a')).rejects.toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(provider.sent).toEqual([])
  })
})
