// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { createPinia } from 'pinia'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from 'vue'
import { type AuthAxios, createAuthAxios, httpBackend } from 'vue-auth-axios'
import { type AuthHandlersOptions, authHandlers, createTestingAuth } from 'vue-auth-axios/testing'
import { failure, times } from '../../support/outcomes.ts'
import { useQuietPage } from '../../support/quiet-page.ts'

useQuietPage()

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

/** Puts the API in the network's place, with one endpoint of the application behind it. */
function serve(options?: AuthHandlersOptions) {
  const api = authHandlers(options)
  const items = http.get('https://app.example/api/items', () => HttpResponse.json(['tea']))
  server.use(...api.handlers, items)
  return api
}

/** The application's own session, nothing of a test about it. */
function visit(): AuthAxios {
  const backend = httpBackend({ user: '/auth/me' })
  return install(createAuthAxios({ axios: { baseURL: '/api' }, backend, storage: 'memory', crossTab: false }))
}

const signedIn = () => install(createTestingAuth({ axios: { baseURL: '/api' }, backend: httpBackend() }))

function install<Auth extends AuthAxios>(auth: Auth): Auth {
  createApp({}).use(createPinia()).use(auth)
  return auth
}

const ada = { id: 1, username: 'ada', name: 'Ada Lovelace' }

describe('authHandlers', () => {
  test('signs in, tells who it is, and signs out', async () => {
    const api = serve()
    const auth = visit()
    const store = auth.useStore()

    await store.login({ username: 'ada', password: 'ada' })
    expect(store.user).toEqual(ada)
    expect((await auth.http.get('/items')).data).toEqual(['tea'])
    const { accessToken } = store
    await store.logout()

    expect(api.stats).toEqual({ logins: 1, refreshes: 0, reuses: 0, logouts: 1, unauthorized: 0 })
    const headers = { Authorization: `Bearer ${accessToken}` }
    expect(await failure(auth.http.get('/items', { headers }))).toMatchObject({ status: 401 })
  })

  test('knows the users it was given, by whatever they sign in with', async () => {
    serve({ users: [{ email: 'bob@example.com', password: 'secret', role: 'admin' }] })
    const store = visit().useStore()

    await store.login({ email: 'bob@example.com', password: 'secret', remember: true })

    expect(store.user).toEqual({ email: 'bob@example.com', role: 'admin' })
    for (const wrong of [
      {},
      { email: 'bob@example.com' },
      { password: 'x' },
      { email: 'eve', password: 'secret' },
    ]) {
      expect(await failure(store.login(wrong))).toMatchObject({ status: 401 })
    }
  })

  test('answers 401 below its base where no living token comes', async () => {
    const api = serve()
    const auth = install(createTestingAuth({ status: 'anonymous', axios: { baseURL: '/api' } }))

    expect(await failure(auth.http.get('/items'))).toMatchObject({ status: 401 })
    expect(await failure(auth.http.get('/auth/me'))).toMatchObject({ status: 401 })
    expect(api.stats.unauthorized).toBe(2)
  })

  test('lets access tokens expire: one refresh for all requests, and refresh tokens rotate', async () => {
    const api = serve()
    const auth = visit()
    await auth.useStore().login({ username: 'ada', password: 'ada' })
    const spent = auth.useStore().tokens?.refreshToken

    for (const _round of [1, 2]) {
      api.expire()
      const answers = await Promise.all(times(5, () => auth.http.get('/items')))
      expect(answers.map(({ data }) => data)).toEqual(times(5, () => ['tea']))
    }

    expect(api.stats).toMatchObject({ refreshes: 2, reuses: 0, unauthorized: 10 })
    expect(auth.useStore().tokens?.refreshToken).not.toBe(spent)
  })

  test('ends the session of a refresh token that comes again', async () => {
    const api = serve()
    const auth = visit()
    await auth.useStore().login({ username: 'ada', password: 'ada' })
    const { tokens } = auth.useStore()
    await auth.useStore().refresh()
    const again = () =>
      auth.http.post('/auth/refresh', { refresh_token: tokens?.refreshToken }, { withAuth: false })

    expect(await failure(again())).toMatchObject({
      status: 400,
      response: { data: { error: 'invalid_grant' } },
    })
    expect(api.stats.reuses).toBe(1)
    expect(await failure(auth.http.get('/items'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
  })

  test('keeps the refresh token without rotation', async () => {
    const api = serve({ rotation: false })
    const store = visit().useStore()
    await store.login({ username: 'ada', password: 'ada' })
    const { tokens } = store

    await store.refresh()
    await store.refresh()

    expect(store.tokens?.refreshToken).toBe(tokens?.refreshToken)
    expect(api.stats).toMatchObject({ refreshes: 2, reuses: 0 })
  })

  test('refuses the refresh tokens there are, and takes those that come with the next login', async () => {
    const api = serve()
    const auth = visit()
    const store = auth.useStore()
    await store.login({ username: 'ada', password: 'ada' })
    api.refuseRefresh()
    api.expire()

    expect(await failure(auth.http.get('/items'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(store.status).toBe('expired')
    await store.login({ username: 'ada', password: 'ada' })

    await expect(store.refresh()).resolves.toMatchObject({ tokenType: 'Bearer' })
  })

  test('starts again when it is told to', async () => {
    const api = serve()
    api.expire()
    api.refuseRefresh()
    await failure(visit().http.get('/items'))

    api.reset()

    expect(api.stats).toEqual({ logins: 0, refreshes: 0, reuses: 0, logouts: 0, unauthorized: 0 })
    const auth = signedIn()
    await auth.http.get('/items')
    await auth.useStore().refresh()
  })

  test.each(['refresh_token', 'refreshToken', 'refresh'])(
    'takes a refresh token by the name of %s',
    async (refreshField) => {
      serve()
      const auth = install(
        createTestingAuth({ axios: { baseURL: '/api' }, backend: httpBackend({ refreshField }) }),
      )

      await expect(auth.useStore().refresh()).resolves.toMatchObject({ accessToken: 'api-access-1' })
    },
  )
})

describe('beside createTestingAuth', () => {
  test("the session it began is the first user's", async () => {
    const api = serve({
      users: [
        { password: 'x', name: 'First' },
        { password: 'y', name: 'Second' },
      ],
    })
    const backend = httpBackend({ user: '/auth/me' })
    const auth = install(createTestingAuth({ axios: { baseURL: '/api' }, backend }))
    await expect.poll(() => auth.useStore().user).toEqual({ name: 'First' })
    api.expire()

    expect((await auth.http.get('/items')).data).toEqual(['tea'])
    expect(auth.requests.map(({ url }) => url)).toEqual(['/auth/me', '/items', '/auth/refresh', '/items'])
  })

  test.each<[string, () => ReturnType<typeof createTestingAuth>]>([
    [
      'with tokens of its own',
      () =>
        install(
          createTestingAuth({
            axios: { baseURL: '/api' },
            backend: httpBackend(),
            tokens: { access_token: 'a', refresh_token: 'r' },
          }),
        ),
    ],
    ['without a backend', () => install(createTestingAuth({ axios: { baseURL: '/api' } }))],
  ])('a session %s expires and is refreshed', async (_name, begin) => {
    const api = serve()
    const auth = begin()
    api.expire()

    expect((await auth.http.get('/items')).data).toEqual(['tea'])
    expect(api.stats.unauthorized).toBe(1)
  })

  test('a refused refresh ends the session, whoever refuses it', async () => {
    const api = serve()
    const auth = signedIn()
    api.refuseRefresh()
    expect(await failure(auth.useStore().refresh())).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })

    const other = signedIn()
    other.refuseRefresh()
    expect(await failure(other.useStore().refresh())).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(api.stats.refreshes).toBe(0)
  })
})
