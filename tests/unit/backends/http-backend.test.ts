import axios, { type CreateAxiosDefaults } from 'axios'
import { describe, expect, it } from 'vitest'
import { type AuthBackend, type AuthTokens, type BackendContext, httpBackend } from '../../../src/index.ts'
import { failure } from '../../support/outcomes.ts'
import { ada } from '../../support/people.ts'
import { type Said, recordingAdapter } from '../../support/recording-adapter.ts'

const TOKENS: AuthTokens = { accessToken: 'AT1', refreshToken: 'RT1', tokenType: 'Bearer' }
const PAIR = { access_token: 'AT2', refresh_token: 'RT2' }

/** A server, and what a backend is given to talk to it. */
const talk = (said: Said = { data: JSON.stringify(PAIR) }, defaults: CreateAxiosDefaults = {}) => {
  const { adapter, sent } = recordingAdapter(() => said)
  const http = axios.create({ baseURL: 'https://api.ok/v1', ...defaults, adapter })
  const controller = new AbortController()
  const context: BackendContext = { http, signal: controller.signal }
  const last = () => {
    const config = sent.at(-1)
    if (!config) throw new Error('Nothing was sent.')
    const { method, url, data, withCredentials, withAuth, headers, signal } = config
    return {
      method,
      url,
      data: parsed(data),
      withCredentials,
      withAuth,
      authorization: headers.get('Authorization'),
      signal,
    }
  }
  return { context, http, sent, last, signal: controller.signal }
}

const parsed = (data: unknown) => (typeof data === 'string' ? JSON.parse(data) : data)

/** A method that a backend has to have. */
const has = <Name extends keyof AuthBackend>(
  backend: AuthBackend,
  name: Name,
): NonNullable<AuthBackend[Name]> => {
  const member = backend[name]
  if (member === undefined) throw new Error(`The backend has no ${name}.`)
  return member
}

describe('a backend with every default', () => {
  const backend = httpBackend()

  it('sends the credentials as they are', async () => {
    const { context, last, signal } = talk()

    expect(await has(backend, 'login')({ email: 'a@b.c', password: 'x' }, context)).toEqual(PAIR)
    expect(last()).toMatchObject({
      method: 'post',
      url: '/auth/login',
      data: { email: 'a@b.c', password: 'x' },
      authorization: undefined,
      signal,
    })
  })

  it('sends the refresh token, and nothing else', async () => {
    const { context, last, signal } = talk()

    expect(await backend.refresh(TOKENS, context)).toEqual(PAIR)
    expect(last()).toMatchObject({
      method: 'post',
      url: '/auth/refresh',
      data: { refresh_token: 'RT1' },
      authorization: undefined,
      signal,
    })
  })

  it('has nothing to refresh with where there is no refresh token, and asks nobody', async () => {
    const { context, sent } = talk()

    expect(await backend.refresh(null, context)).toBeNull()
    expect(await backend.refresh({ accessToken: 'AT1' }, context)).toBeNull()
    expect(sent).toHaveLength(0)
  })

  it('takes an answer that is null for malformed, not for the end of the session', async () => {
    const { context } = talk({ data: 'null' })

    expect(await backend.refresh(TOKENS, context)).not.toBeNull()
  })

  it('sends the refresh token when it signs out, and leaves the access token to who authorises', async () => {
    const { context, last, signal } = talk({ status: 204, data: '' })

    await has(backend, 'logout')(TOKENS, context)

    expect(last()).toMatchObject({
      method: 'post',
      url: '/auth/logout',
      data: { refresh_token: 'RT1' },
      authorization: undefined,
      withAuth: undefined,
      signal,
    })
    expect(backend.logoutWithoutToken).toBeUndefined()
  })

  it('keeps the access token out of a logout that wants none', async () => {
    const { context, last } = talk({ status: 204, data: '' })
    const plain = httpBackend({ logout: { token: false } })

    await has(plain, 'logout')(TOKENS, context)

    expect(plain.logoutWithoutToken).toBe(true)
    expect(last()).toMatchObject({ url: '/auth/logout', data: { refresh_token: 'RT1' }, withAuth: false })
  })

  it('loads no user, and is not resumable', () => {
    expect(backend.user).toBeUndefined()
    expect(backend.resumable).toBeFalsy()
  })

  it('passes the errors of the server on', async () => {
    const { context } = talk({ status: 401, data: '{"error":"invalid_grant"}' })

    for (const call of [
      has(backend, 'login')({}, context),
      backend.refresh(TOKENS, context),
      has(backend, 'logout')(TOKENS, context),
    ]) {
      expect(await failure(Promise.resolve(call))).toMatchObject({
        response: { status: 401, data: { error: 'invalid_grant' } },
      })
    }
  })

  it.each<[string, CreateAxiosDefaults]>([
    ['text', { responseType: 'text' }],
    ['no JSON unless asked', { transitional: { forcedJSONParsing: false } }],
  ])('reads JSON also where the instance is set to %s', async (_, defaults) => {
    const { context } = talk({ data: JSON.stringify(PAIR) }, defaults)

    expect(await backend.refresh(TOKENS, context)).toEqual(PAIR)
    expect(await has(backend, 'login')({}, context)).toEqual(PAIR)
  })
})

describe('an endpoint', () => {
  it('may be a path of its own', async () => {
    const backend = httpBackend({ login: '/in', refresh: '/again', logout: '/out', user: '/me' })
    const { context, http, sent } = talk()

    await has(backend, 'login')({}, context)
    await backend.refresh(TOKENS, context)
    await has(backend, 'logout')(TOKENS, context)
    await has(backend, 'user')(http, null)

    expect(sent.map(({ method, url }) => [method, url])).toEqual([
      ['post', '/in'],
      ['post', '/again'],
      ['post', '/out'],
      ['get', '/me'],
    ])
  })

  it('may have a method and a body of its own', async () => {
    const backend = httpBackend<{ name: string }>({
      login: { url: '/session', method: 'PUT', data: ({ name }) => ({ user: name }) },
      refresh: { url: '/session', method: 'PATCH', data: (tokens) => ({ token: tokens?.refreshToken }) },
      logout: { url: '/session', method: 'DELETE', data: (tokens) => ({ id: tokens?.idToken }) },
      user: { url: '/graphql', method: 'POST', data: () => ({ query: '{ me { id } }' }) },
    })
    const { context, http, last } = talk()

    await has(backend, 'login')({ name: 'ada' }, context)
    expect(last()).toMatchObject({ method: 'put', url: '/session', data: { user: 'ada' } })
    await backend.refresh(TOKENS, context)
    expect(last()).toMatchObject({ method: 'patch', url: '/session', data: { token: 'RT1' } })
    await has(backend, 'logout')({ ...TOKENS, idToken: 'ID' }, context)
    expect(last()).toMatchObject({ method: 'delete', data: { id: 'ID' } })
    await has(backend, 'user')(http, null)
    expect(last()).toMatchObject({ method: 'post', url: '/graphql', data: { query: '{ me { id } }' } })
  })

  it('keeps the default body where it has only a method of its own', async () => {
    const backend = httpBackend({
      login: { url: '/in', method: 'PUT' },
      refresh: { url: '/again', method: 'PUT' },
      logout: { url: '/out', method: 'PUT' },
    })
    const { context, last } = talk()

    await has(backend, 'login')({ name: 'ada' }, context)
    expect(last().data).toEqual({ name: 'ada' })
    await backend.refresh(TOKENS, context)
    expect(last().data).toEqual({ refresh_token: 'RT1' })
    await has(backend, 'logout')(TOKENS, context)
    expect(last().data).toEqual({ refresh_token: 'RT1' })
  })

  it('may be a form', async () => {
    const backend = httpBackend({
      refresh: {
        url: '/token',
        data: (tokens) =>
          new URLSearchParams({ grant_type: 'refresh_token', refresh_token: tokens?.refreshToken ?? '' }),
      },
    })
    const { context, sent } = talk()

    await backend.refresh(TOKENS, context)

    expect(sent[0]?.data).toBe('grant_type=refresh_token&refresh_token=RT1')
    expect(sent[0]?.headers.getContentType()).toMatch(/x-www-form-urlencoded/)
  })

  it('may leave out its path, and differ in the rest alone', async () => {
    const backend = httpBackend({
      login: { method: 'PUT' },
      refresh: { headers: { 'X-Device': 'tv' } },
      logout: { headers: (tokens) => ({ 'X-Id': tokens?.idToken }) },
    })
    const { context, last, sent } = talk()

    await has(backend, 'login')({ name: 'ada' }, context)
    expect(last()).toMatchObject({ method: 'put', url: '/auth/login', data: { name: 'ada' } })
    await backend.refresh(TOKENS, context)
    expect(last()).toMatchObject({ url: '/auth/refresh', data: { refresh_token: 'RT1' } })
    expect(sent.at(-1)?.headers.get('X-Device')).toBe('tv')
    await has(backend, 'logout')({ ...TOKENS, idToken: 'ID' }, context)
    expect(sent.at(-1)?.headers.get('X-Id')).toBe('ID')
  })

  it('may authenticate the client', async () => {
    const backend = httpBackend({ refresh: { auth: { username: 'spa', password: 's3cret' } } })
    const { context, sent } = talk()

    await backend.refresh(TOKENS, context)

    expect(sent[0]?.auth).toEqual({ username: 'spa', password: 's3cret' })
  })

  it('has no body of its own with GET', async () => {
    const { context, last } = talk()

    await httpBackend({ refresh: { method: 'GET' } }).refresh(TOKENS, context)

    expect(last()).toMatchObject({ method: 'get', data: undefined })
  })

  it('takes a default back where it is given undefined', async () => {
    const { context, last } = talk()
    const settings = { url: undefined, method: undefined, data: undefined } as object

    await httpBackend({ refresh: settings }).refresh(TOKENS, context)

    expect(last()).toMatchObject({ method: 'post', url: '/auth/refresh', data: { refresh_token: 'RT1' } })
  })

  it('is asked for new tokens without a refresh token where it makes the request from the access token', async () => {
    const { context, last, sent } = talk()
    const oneToken = { accessToken: 'AT1' }

    const bearer = httpBackend({
      refresh: { headers: (tokens) => ({ Authorization: `Bearer ${tokens?.accessToken}` }) },
    })
    expect(await bearer.refresh(oneToken, context)).toEqual(PAIR)
    expect(last().authorization).toBe('Bearer AT1')

    const field = httpBackend({ refresh: { data: (tokens) => ({ token: tokens?.accessToken }) } })
    expect(await field.refresh(oneToken, context)).toEqual(PAIR)
    expect(last().data).toEqual({ token: 'AT1' })

    expect(await field.refresh(null, context)).toBeNull()
    const fixed = httpBackend({ refresh: { headers: { 'X-Device': 'tv' } } })
    expect(await fixed.refresh(oneToken, context)).toBeNull()
    expect(sent).toHaveLength(2)
  })

  it('may be missing where a server has nothing to refresh', async () => {
    const { context, sent } = talk()

    expect(await httpBackend({ refresh: false }).refresh(TOKENS, context)).toBeNull()
    expect(sent).toHaveLength(0)
  })

  it('may be missing where a server knows no logout', () => {
    expect(httpBackend({ logout: false }).logout).toBeUndefined()
  })
})

describe('the user', () => {
  it('comes by the instance it is given', async () => {
    const backend = httpBackend({ user: '/auth/me' })
    const { http, last } = talk({ data: JSON.stringify(ada) })

    expect(await has(backend, 'user')(http, null)).toEqual(ada)
    expect(last()).toMatchObject({ method: 'get', url: '/auth/me', data: undefined })
  })
})

describe('the name of the refresh token', () => {
  it('is said once for refresh and logout', async () => {
    const backend = httpBackend({ refreshField: 'refreshToken' })
    const { context, last } = talk()

    await backend.refresh(TOKENS, context)
    expect(last().data).toEqual({ refreshToken: 'RT1' })
    await has(backend, 'logout')(TOKENS, context)
    expect(last().data).toEqual({ refreshToken: 'RT1' })
  })
})

describe('a backend whose server keeps the refresh token in a cookie', () => {
  const backend = httpBackend({ cookie: true, user: '/auth/me' })

  it('is resumable', () => {
    expect(backend.resumable).toBe(true)
  })

  it('sends credentials, and no refresh token', async () => {
    const { context, last } = talk()

    await has(backend, 'login')({ name: 'ada' }, context)
    expect(last()).toMatchObject({ withCredentials: true, data: { name: 'ada' } })
    await backend.refresh(TOKENS, context)
    expect(last()).toMatchObject({ withCredentials: true, data: undefined, url: '/auth/refresh' })
    await has(backend, 'logout')(TOKENS, context)
    expect(last()).toMatchObject({ withCredentials: true, data: undefined })
  })

  it('asks the server also where nothing is stored', async () => {
    const { context, last } = talk()

    expect(await backend.refresh(null, context)).toMatchObject({ access_token: PAIR.access_token })
    expect(last()).toMatchObject({ url: '/auth/refresh', data: undefined, authorization: undefined })
    await has(backend, 'logout')(null, context)
    expect(last()).toMatchObject({ url: '/auth/logout', authorization: undefined })
  })

  it('still has a body where an endpoint makes one', async () => {
    const { context, last } = talk()

    await httpBackend({ cookie: true, refresh: { url: '/again', data: () => ({ device: 'tv' }) } }).refresh(
      null,
      context,
    )

    expect(last()).toMatchObject({ data: { device: 'tv' }, withCredentials: true })
  })
})

describe('any other backend', () => {
  it('leaves the credentials as the instance has them', async () => {
    for (const withCredentials of [true, false]) {
      const { context, last } = talk(undefined, { withCredentials })

      await httpBackend().refresh(TOKENS, context)

      expect(last().withCredentials).toBe(withCredentials)
    }
  })
})
