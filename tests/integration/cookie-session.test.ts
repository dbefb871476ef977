// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type AuthAxiosOptions, type AuthBackend, type AuthStore, httpBackend } from '../../src/index.ts'
import { CookieJar } from '../support/cookie-jar.ts'
import { expectConsole } from '../support/expect-console.ts'
import { gate } from '../support/gate.ts'
import { failure, outcomes, times } from '../support/outcomes.ts'
import { usePlaygroundApi } from '../support/playground-api.ts'
import { type Visitor, arrive, calm, enter, page, withRoutes } from '../support/visitor.ts'

const api = usePlaygroundApi()
const ADA = { username: 'ada', password: 'ada' }
const BOB = { username: 'bob', password: 'bob' }
const LOGIN = '/auth/cookie/login'
const REFRESH = '/auth/cookie/refresh'
const LOGOUT = '/auth/cookie/logout'

const routes = withRoutes({
  path: '/admin',
  component: page,
  meta: { auth: (user) => Object(user).role === 'admin' },
})

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

/** An application whose session is kept by the server, in a browser with these cookies. */
function settings(jar: CookieJar, options: AuthAxiosOptions = {}, user = true): AuthAxiosOptions {
  return {
    axios: { baseURL: api.url, adapter: jar.adapter },
    backend: httpBackend({
      cookie: true,
      login: LOGIN,
      refresh: REFRESH,
      logout: LOGOUT,
      ...(user && { user: '/auth/me' }),
    }),
    ...options,
  }
}

/** Opens a page of the application. */
const open = (jar: CookieJar, path: string, options?: AuthAxiosOptions) =>
  arrive(path, settings(jar, options), { routes })

/** Somebody who has signed in, with nothing on the record of his requests. */
async function signedIn(path: string, options?: AuthAxiosOptions) {
  const jar = new CookieJar()
  const visitor = await open(jar, path, options)
  await visitor.store.login(ADA, { redirect: false })
  jar.departures.length = 0
  return { ...visitor, jar }
}

/** Signed in before, and now he opens the application anew. */
async function returning(): Promise<CookieJar> {
  const { app, jar } = await signedIn('/public')
  app.unmount()
  return jar
}

/** Ends the session of these cookies behind the back of whoever uses it, as an administrator would. */
async function endElsewhere(jar: CookieJar): Promise<void> {
  const session = jar.get('session')
  const xsrf = jar.get('XSRF-TOKEN')
  const headers = { Cookie: `session=${session}; XSRF-TOKEN=${xsrf}`, 'X-XSRF-TOKEN': xsrf }
  const axios = (await import('axios')).default
  await axios.post(`${api.url}${LOGOUT}`, undefined, { headers, adapter: 'http' })
}

const paths = (jar: CookieJar) => jar.departures.map(({ method, path }) => `${method} ${path}`)

/** What is in the storages of the page, without what the router keeps there. */
const stored = () =>
  [localStorage, sessionStorage].flatMap(Object.entries).filter(([name]) => name !== 'vue-router:scroll')

/** The page remembers that there is a session, and none of what it is made of. */
function expectNoSecretIsStored(store: AuthStore, jar: CookieJar): void {
  expect(stored().map(([name]) => name)).toEqual(['vue-auth-axios:authAxios'])
  for (const token of [store.accessToken, jar.get('session')]) {
    expect(token).toBeTypeOf('string')
    expect(JSON.stringify(stored())).not.toContain(token)
  }
}

describe('a session that the server keeps in a cookie', () => {
  test('begins with a login, after which no storage and no store holds a token that outlives the page', async () => {
    const { store, pinia, jar } = await signedIn('/public')

    expect(store.isAuthenticated).toBe(true)
    expect(store.user).toMatchObject({ username: 'ada' })
    expect(store.tokens).not.toHaveProperty('refreshToken')
    expect(jar.names).toEqual(['session', 'XSRF-TOKEN'])
    expectNoSecretIsStored(store, jar)
    expect(JSON.stringify(pinia.state.value)).not.toContain(String(store.accessToken).slice(0, 20))
  })

  test('sends cookies where sessions are spoken of, and nowhere else', async () => {
    const { auth, store, jar } = await signedIn('/public')
    await auth.http.get('/items/1')
    await store.refresh()
    await store.logout()

    const sent = jar.departures.map(({ path, credentials }) => [path, credentials])
    expect(sent).toEqual([
      ['/items/1', false],
      [REFRESH, true],
      [LOGOUT, true],
    ])
  })

  test('renews its access token once for many requests, and keeps nothing in a storage', async () => {
    const { auth, store, jar } = await signedIn('/public')
    const { reuses } = await api.stats()
    const cookie = jar.get('session')
    await api.expire()

    const { values, errors } = await outcomes(times(20, (index) => auth.http.get(`/items/${index + 1}`)))

    expect(errors).toEqual([])
    expect(values).toHaveLength(20)
    expect(jar.to(REFRESH)).toHaveLength(1)
    expect(jar.get('session')).not.toBe(cookie)
    expect((await api.stats()).reuses).toBe(reuses)
    expectNoSecretIsStored(store, jar)
  })

  test('is over everywhere after a logout', async () => {
    const { app, auth, store, jar } = await signedIn('/public')
    const { accessToken } = store
    await store.logout()
    const headers = { Authorization: `Bearer ${accessToken}` }

    expect(jar.names).toEqual([])
    expect(await failure(auth.http.get('/items/1', { headers }))).toMatchObject({ status: 401 })
    app.unmount()
    const again = await open(jar, '/secret')
    expect(again.at()).toBe('/login?redirect=/secret')
  })
})

describe('a reload', () => {
  test('resumes the session with exactly one request, whoever waits for it', async () => {
    const jar = await returning()
    jar.departures.length = 0

    const visitor = enter('/secret', settings(jar, {}, false), { routes })
    const requests = outcomes(times(3, (index) => visitor.auth.http.get(`/items/${index + 1}`)))
    await Promise.all([visitor.store.ready(), visitor.store.ready(), visitor.arrival])

    expect((await requests).errors).toEqual([])
    expect(paths(jar)).toEqual([`POST ${REFRESH}`, 'GET /items/1', 'GET /items/2', 'GET /items/3'])
    expect(visitor.seen).toEqual(['/secret'])
    expect(visitor.store.status).toBe('authenticated')
    expectNoSecretIsStored(visitor.store, jar)
  })

  test('loads the user beside it', async () => {
    const jar = await returning()
    jar.departures.length = 0

    const { store } = await open(jar, '/public')
    await vi.waitFor(() => expect(store.user).toMatchObject({ username: 'ada' }))

    expect(paths(jar)).toEqual([`POST ${REFRESH}`, 'GET /auth/me'])
  })

  test.each([
    ['no other way to know', false, 'from the answer'],
    ['an endpoint for it', true, 'ada'],
  ])('takes the user from beside the tokens where there is %s', async (_, hasEndpoint, username) => {
    const jar = await returning()
    const given = settings(jar, {}, hasEndpoint)
    const backend = {
      ...given.backend!,
      refresh: async (...ask: Parameters<AuthBackend['refresh']>) => ({
        ...Object(await given.backend!.refresh(...ask)),
        user: { username: 'from the answer' },
      }),
    }

    const { store } = await arrive('/public', { ...given, backend }, { routes })
    await store.ready()

    await vi.waitFor(() => expect(store.user).toMatchObject({ username }))
    await store.refresh()
    expect(store.user).toMatchObject({ username })
  })

  test('lets a function judge the resumed user', async () => {
    const jar = await returning()

    const visitor = await open(jar, '/admin')

    expect(visitor.seen).toEqual(['/admin'])
  })

  test('shows a public page without waiting for the server', async () => {
    const jar = await returning()
    const held = gate()
    jar.before = () => held.passed

    const { seen, store } = await open(jar, '/public')
    expect(seen).toEqual(['/public'])
    expect(store.status).toBe('pending')

    held.open()
    await store.ready()
    expect(store.status).toBe('authenticated')
  })

  test('leaves a visitor without a session anonymous, where he is, and calls nobody', async () => {
    const jar = new CookieJar()
    const onSessionEnd = vi.fn()

    const visitor = await open(jar, '/open', { onSessionEnd })
    await visitor.store.ready()
    await calm()

    expect(visitor.store.status).toBe('anonymous')
    expect(visitor.seen).toEqual(['/open'])
    expect(onSessionEnd).not.toHaveBeenCalled()
    expect(paths(jar)).toEqual([`POST ${REFRESH}`])
  })

  test('after the session has ended elsewhere is no different', async () => {
    const jar = await returning()
    await endElsewhere(jar)
    const onSessionEnd = vi.fn()

    const visitor = await open(jar, '/open', { onSessionEnd })
    await visitor.store.ready()
    await visitor.router.push('/secret')

    expect(visitor.store.status).toBe('anonymous')
    expect(visitor.seen).toEqual(['/open', '/login?redirect=/secret'])
    expect(onSessionEnd).not.toHaveBeenCalled()
    expect(jar.names).toEqual([])
  })

  test('that is refused is not tried again by a navigation', async () => {
    const jar = new CookieJar()
    const visitor = await open(jar, '/secret')
    await visitor.router.push('/secret/1')
    await visitor.router.push('/secret/2')

    expect(jar.to(REFRESH)).toHaveLength(1)
  })
})

describe('a resume that fails on the way', () => {
  test.each(['drop', 500] as const)('leaves the visitor anonymous, unmoved: %s', async (fault) => {
    const jar = await returning()
    const onSessionEnd = vi.fn()
    await api.fail(fault)
    jar.departures.length = 0

    const visitor = await open(jar, '/open', { onSessionEnd })
    await visitor.store.ready()
    await calm()

    expect(visitor.store.status).toBe('anonymous')
    expect(visitor.seen).toEqual(['/open'])
    expect(onSessionEnd).not.toHaveBeenCalled()
    expect(jar.to(REFRESH)).toHaveLength(1)
  })

  test('is tried again at the next guarded navigation, and not before', async () => {
    const jar = await returning()
    await api.fail(500)
    const visitor = await open(jar, '/open')
    await visitor.store.ready()
    jar.departures.length = 0

    await visitor.router.push('/public')
    expect(jar.to(REFRESH)).toHaveLength(0)
    await visitor.router.push('/secret')

    expect(visitor.seen).toEqual(['/open', '/public', '/secret'])
    expect(jar.to(REFRESH)).toHaveLength(1)
    expect(visitor.store.status).toBe('authenticated')
  })

  test('is tried again once for each guarded navigation, as long as it fails', async () => {
    const jar = await returning()
    await api.fail(500, 502, 500)
    const visitor = await open(jar, '/open')
    await visitor.store.ready()
    jar.departures.length = 0

    await visitor.router.push('/secret')
    expect(visitor.at()).toBe('/login?redirect=/secret')
    await visitor.router.push('/secret')
    expect(visitor.at()).toBe('/login?redirect=/secret')
    expect(jar.to(REFRESH)).toHaveLength(2)
    await visitor.router.push('/secret')

    expect(visitor.at()).toBe('/secret')
    expect(jar.to(REFRESH)).toHaveLength(3)
  })

  test('is not tried again by the redirect of the first navigation', async () => {
    const jar = await returning()
    await api.fail(500, 500)
    jar.departures.length = 0

    const visitor = await open(jar, '/secret')

    expect(visitor.seen).toEqual(['/login?redirect=/secret'])
    expect(jar.to(REFRESH)).toHaveLength(1)
  })

  test('is not tried again after a login and a logout: signed out is signed out', async () => {
    const jar = await returning()
    await api.fail(500)
    const visitor = await open(jar, '/open')
    await visitor.store.ready()
    await visitor.store.login(ADA, { redirect: false })
    jar.before = ({ path }) => {
      if (path === LOGOUT) throw new Error('the server cannot be reached')
    }
    await visitor.store.logout()
    expectConsole('error', 'the server cannot be reached')
    jar.departures.length = 0

    await visitor.router.push('/secret')

    expect(visitor.at()).toBe('/login?redirect=/secret')
    expect(visitor.store.status).toBe('anonymous')
    expect(jar.to(REFRESH)).toHaveLength(0)
  })

  test('is not tried again after a logout', async () => {
    const jar = await returning()
    await api.fail(500)
    const visitor = await open(jar, '/open')
    await visitor.store.ready()
    jar.before = ({ path }) => {
      if (path === LOGOUT) throw new Error('the server cannot be reached')
    }
    await visitor.store.logout()
    expectConsole('error', 'the server cannot be reached')

    await visitor.router.push('/secret')

    expect(visitor.store.status).toBe('anonymous')
    expect(visitor.at()).toBe('/login?redirect=/secret')
  })

  test('is not tried again after the session has expired', async () => {
    const jar = await returning()
    await api.fail(500)
    const visitor = await open(jar, '/open')
    await visitor.store.ready()
    await visitor.store.login(ADA, { redirect: false })
    jar.departures.length = 0
    await expire(visitor, jar)

    await visitor.router.push('/secret')

    expect(visitor.at()).toBe('/login?redirect=/secret')
    expect(jar.to(REFRESH)).toHaveLength(1) // of the requests that found out
  })
})

async function expire(visitor: Visitor, jar: CookieJar): Promise<unknown[]> {
  await endElsewhere(jar)
  const { errors } = await outcomes(times(5, () => visitor.auth.http.get('/items/1')))
  await calm()
  return errors
}

describe('a session that ends while the page is open', () => {
  test('has expired: one redirect, one call, every request its own error', async () => {
    const onSessionEnd = vi.fn()
    const visitor = await signedIn('/public', { onSessionEnd })
    await visitor.router.push('/secret')

    const errors = await expire(visitor, visitor.jar)

    expect(visitor.store.status).toBe('expired')
    expect(visitor.seen).toEqual(['/public', '/secret', '/login?redirect=/secret'])
    expect(onSessionEnd).toHaveBeenCalledExactlyOnceWith('expired', { cause: expect.any(Error) })
    expect(errors).toMatchObject(times(5, () => ({ code: 'ERR_AUTH_EXPIRED', response: { status: 401 } })))
    expect(visitor.jar.to(REFRESH)).toHaveLength(1)
  })

  test('may be followed by a login, back to the page', async () => {
    const visitor = await signedIn('/public')
    await visitor.router.push('/secret')
    await expire(visitor, visitor.jar)

    await visitor.store.login(BOB)

    expect(visitor.at()).toBe('/secret')
    expect(visitor.store.user).toMatchObject({ username: 'bob' })
  })
})

/** Signs somebody in and sees that the session is his, and whole. */
async function expectWhole({ auth, store }: Visitor, jar: CookieJar, username: string): Promise<void> {
  const { reuses } = await api.stats()
  expect((await auth.http.get('/auth/me')).data).toMatchObject({ username })
  await store.refresh()
  expect((await auth.http.get('/auth/me')).data).toMatchObject({ username })
  expect(jar.names).toEqual(['session', 'XSRF-TOKEN'])
  expect((await api.stats()).reuses).toBe(reuses)
}

describe('a login after a logout', () => {
  test('is not hit by the logout, however late that arrives', async () => {
    const visitor = await signedIn('/public')
    const { jar } = visitor
    const held = gate()
    jar.before = ({ path }) => (path === LOGOUT ? held.passed : undefined)

    const leaving = visitor.store.logout()
    const coming = visitor.store.login(BOB)
    expect(visitor.store.status).toBe('anonymous')
    await calm()
    expect(jar.to(LOGIN)).toEqual([])
    held.open()
    await Promise.all([leaving, coming])

    expect(paths(jar)).toEqual([`POST ${LOGOUT}`, `POST ${LOGIN}`, 'GET /auth/me'])
    await expectWhole(visitor, jar, 'bob')
  })

  test('waits for a refresh that was on its way, whose cookie would replace its own', async () => {
    const visitor = await signedIn('/public')
    const { jar } = visitor
    const held = gate()
    jar.before = ({ path }) => (path === REFRESH ? held.passed : undefined)
    const refreshing = failure(visitor.store.refresh())
    await vi.waitFor(() => expect(jar.to(REFRESH)).toHaveLength(1))

    const leaving = visitor.store.logout()
    const coming = visitor.store.login(BOB)
    await calm()
    expect(jar.to(LOGIN)).toEqual([])
    held.open()
    await Promise.all([leaving, coming])

    expect(await refreshing).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    await expectWhole(visitor, jar, 'bob')
  })

  test('waits for a resume that was on its way', async () => {
    const jar = await returning()
    const held = gate()
    jar.before = ({ path }) => (path === REFRESH ? held.passed : undefined)
    const visitor = await open(jar, '/public')
    await vi.waitFor(() => expect(jar.to(REFRESH)).toHaveLength(1))

    const coming = visitor.store.login(BOB)
    await calm()
    expect(jar.to(LOGIN)).toEqual([])
    held.open()
    await coming

    await expectWhole(visitor, jar, 'bob')
  })

  test('waits for a resume that a guard has tried again', async () => {
    const jar = await returning()
    await api.fail(500)
    const visitor = await open(jar, '/public')
    await visitor.store.ready()
    const held = gate()
    jar.before = ({ path }) => (path === REFRESH ? held.passed : undefined)
    const going = visitor.router.push('/secret')
    await vi.waitFor(() => expect(jar.to(REFRESH)).toHaveLength(2))

    const coming = visitor.store.login(BOB, { redirect: false })
    await calm()
    expect(jar.to(LOGIN)).toEqual([])
    held.open()
    await Promise.all([going, coming])

    await expectWhole(visitor, jar, 'bob')
  })

  test('does not wait for ever for a server that does not answer', async () => {
    const visitor = await signedIn('/public', { refreshTimeout: 500 })
    const { jar } = visitor
    jar.before = ({ path }) => (path === LOGOUT ? new Promise(() => {}) : undefined)

    const leaving = visitor.store.logout()
    await visitor.store.login(BOB)
    await leaving

    expectConsole('error', 'There was no answer within 500 ms')
    await expectWhole(visitor, jar, 'bob')
  })
})

describe('a logout', () => {
  test('while the session is being resumed ends what the server brings', async () => {
    const jar = await returning()
    const held = gate()
    jar.before = ({ path }) => (path === REFRESH ? held.passed : undefined)
    const visitor = enter('/secret', settings(jar), { routes })
    await vi.waitFor(() => expect(jar.to(REFRESH)).toHaveLength(1))

    const leaving = visitor.store.logout()
    expect(visitor.store.status).toBe('anonymous')
    held.open()
    await Promise.all([leaving, visitor.arrival])

    expect(visitor.seen).toEqual(['/login?redirect=/secret'])
    expect(jar.names).toEqual([])
    expect(visitor.store.status).toBe('anonymous')
  })

  test('of somebody who is anonymous tells the server too, for it may know of a session', async () => {
    const jar = await returning()
    await api.fail(500)
    const visitor = await open(jar, '/open')
    await visitor.store.ready()

    await visitor.store.logout()

    expect(jar.to(LOGOUT)).toHaveLength(1)
    expect(jar.names).toEqual([])
  })

  test('while a refresh is pending ends the session that the refresh brings', async () => {
    const visitor = await signedIn('/public')
    const { jar } = visitor
    const held = gate()
    jar.before = ({ path }) => (path === REFRESH ? held.passed : undefined)
    const refreshing = failure(visitor.store.refresh())
    await vi.waitFor(() => expect(jar.to(REFRESH)).toHaveLength(1))

    const leaving = visitor.store.logout()
    held.open()
    await leaving

    expect(await refreshing).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(jar.names).toEqual([])
    visitor.app.unmount()
    const again = await open(jar, '/secret')
    expect(again.at()).toBe('/login?redirect=/secret')
  })
})

test('a failed login leaves no session behind, on the server neither', async () => {
  const jar = new CookieJar()
  const visitor = await open(jar, '/login')
  await visitor.store.ready()
  jar.before = ({ path }) => {
    if (path === '/auth/me') throw new Error('no users today')
  }
  onTestFinished(() => void (jar.before = () => undefined))

  expect(await failure(visitor.store.login(ADA))).toMatchObject({ message: 'no users today' })
  await vi.waitFor(() => expect(jar.names).toEqual([]))

  expect(visitor.store.status).toBe('anonymous')
  expect(visitor.seen).toEqual(['/login'])
})

test('a wrong password is an error for the form alone', async () => {
  const jar = new CookieJar()
  const onSessionEnd = vi.fn()
  const visitor = await open(jar, '/login?redirect=/secret', { onSessionEnd })
  await visitor.store.ready()
  const asked = jar.to(REFRESH).length

  const error = await failure(visitor.store.login({ username: 'ada', password: 'wrong' }))

  expect(error).toMatchObject({ response: { status: 401, data: { error: 'invalid_credentials' } } })
  expect(visitor.seen).toEqual(['/login?redirect=/secret'])
  expect(visitor.store.status).toBe('anonymous')
  expect(onSessionEnd).not.toHaveBeenCalled()
  expect(jar.to(REFRESH)).toHaveLength(asked)
})
