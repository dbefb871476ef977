import { Hono } from 'hono'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type AuthAxiosOptions, type HttpBackendOptions, httpBackend } from '../../../src/index.ts'
import { install } from '../../support/app.ts'
import { CookieJar } from '../../support/cookie-jar.ts'
import { failure } from '../../support/outcomes.ts'
import { sanctumReplica } from '../../support/servers/laravel.ts'
import { Sessions, start } from '../../support/servers/replica.ts'

afterEach(() => void vi.restoreAllMocks())

/** An app whose server answers so. */
async function visit(app: Hono, backend: HttpBackendOptions, options: AuthAxiosOptions = {}) {
  const baseURL = await start({ app, sessions: new Sessions() })
  const harness = install({
    ...options,
    axios: { baseURL, adapter: new CookieJar().adapter },
    backend: httpBackend(backend),
  })
  onTestFinished(() => harness.app.unmount())
  await harness.store.ready()
  return { ...harness, http: harness.auth.http }
}

describe('a second factor that is wanted', () => {
  const wanting = () => new Hono().post('/auth/login', (c) => c.json({ two_factor: true }))

  test('rejects the login with the answer that asks for it', async () => {
    const { store } = await visit(wanting(), {})

    expect(await failure(store.login({}))).toMatchObject({
      code: 'ERR_BAD_RESPONSE',
      response: { status: 200, data: { two_factor: true } },
    })
    expect(store.status).toBe('anonymous')
  })

  test('does so where all tokens are in cookies', async () => {
    const login = { select: ({ two_factor }: { two_factor?: boolean }) => !two_factor }
    const { store } = await visit(wanting(), { cookie: 'session', login })

    expect(await failure(store.login({}))).toMatchObject({
      code: 'ERR_BAD_RESPONSE',
      response: { data: { two_factor: true } },
    })
    expect(store.status).toBe('anonymous')
  })
})

describe('a refresh that is refused with 200 and a code', () => {
  const refusing = () =>
    new Hono()
      .post('/auth/refresh', (c) => c.json({ code: 40103, message: 'token is invalid' }))
      .get('/items', (c) => c.json({}, 401))
  const isSessionOver = (error: unknown) => Object(error).response?.data?.code === 40103
  const TOKENS = { accessToken: 'AT', refreshToken: 'RT' }

  test('leaves the session as it is', async () => {
    const { store, http } = await visit(refusing(), {})
    await store.setTokens(TOKENS)

    expect(await failure(http.get('/items'))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(store.status).toBe('authenticated')
  })

  test('ends it where `isSessionOver` knows the code', async () => {
    const { store, http } = await visit(refusing(), {}, { isSessionOver })
    await store.setTokens(TOKENS)

    expect(await failure(http.get('/items'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(store.status).toBe('expired')
  })
})

test('a logout reaches a server whose CSRF cookie is gone', async () => {
  const { app, sessions } = sanctumReplica()
  const jar = new CookieJar()
  const paths = { csrf: '/sanctum/csrf-cookie', login: '/login', logout: '/logout', user: '/api/user' }
  const { store, app: page } = install({
    axios: { baseURL: await start({ app, sessions }), adapter: jar.adapter, withCredentials: true },
    backend: httpBackend({ ...paths, cookie: 'session', refresh: false }),
  })
  onTestFinished(() => page.unmount())
  await store.ready()
  await store.login({ email: 'ann', password: 'correct horse' })
  jar.before = ({ path, method }) => {
    if (path === '/logout' && method === 'POST' && jar.to('/logout').length === 1) jar.forget('XSRF-TOKEN')
  }

  await store.logout()

  expect(jar.to('/logout')).toHaveLength(2)
  expect(sessions.alive).toBe(0)
})
