import { Hono } from 'hono'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sanctum } from '../../../playground/setups/servers/sanctum.ts'
import { type AuthAxiosOptions, type HttpBackendOptions, httpBackend } from '../../../src/index.ts'
import { install } from '../../support/app.ts'
import { CookieJar } from '../../support/cookie-jar.ts'
import { failure } from '../../support/outcomes.ts'
import { sanctumReplica } from '../../support/servers/laravel.ts'
import { Sessions, start } from '../../support/servers/replica.ts'

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

describe('finding 46: a refresh that is refused with 200 and a code', () => {
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

describe("Sanctum's CSRF cookie", () => {
  async function signedIn() {
    const replica = sanctumReplica()
    const jar = new CookieJar()
    const axios = { baseURL: await start(replica), adapter: jar.adapter, withCredentials: true }
    const { app, store, auth } = install({ ...sanctum, axios })
    onTestFinished(() => app.unmount())
    await store.ready()
    await store.login({ email: 'ann', password: 'correct horse' })
    return { ...replica, jar, store, http: auth.http }
  }

  test('does not keep a logout from its server where it is gone', async () => {
    const { jar, sessions, store } = await signedIn()
    jar.forget('XSRF-TOKEN')

    await store.logout()

    expect(jar.to('/logout')).toHaveLength(2)
    expect(sessions.alive).toBe(0)
  })

  test('comes back with a request that misses it', async () => {
    const { jar, store, http } = await signedIn()
    jar.forget('XSRF-TOKEN')

    expect((await http.post('/api/items', { a: 1 })).data).toEqual({ ok: true })
    expect(store.isAuthenticated).toBe(true)
  })

  test('is no reason to go on with a session that is over', async () => {
    const { sessions, store, http } = await signedIn()
    sessions.revoke()

    expect(await failure(http.post('/api/items', {}))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(store.status).toBe('expired')
  })
})
