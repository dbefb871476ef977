import { describe, expect, test, vi } from 'vitest'
import { expectConsole } from '../../support/expect-console.ts'
import { gate } from '../../support/gate.ts'
import { failure, outcomes, statuses, times } from '../../support/outcomes.ts'
import { browserFor } from './browser.ts'
import { HiddenServer, type Kind } from './server.ts'

const kinds: Kind[] = ['both JWTs in HttpOnly cookies', 'a plain server session']
const ADA = { name: 'ada', password: 'ada' }

describe.each(kinds)('a session whose tokens no script sees: %s', (kind) => {
  const start = async () => {
    const server = await new HiddenServer(kind).start()
    return { server, ...browserFor(server) }
  }

  test('begins with a login: the user is there, no token is, and requests carry nothing of ours', async () => {
    const { server, browser, jar, open } = await start()
    const { auth, store, http } = await open()

    await store.login(ADA, { redirect: false })
    await http.get('/items')

    expect(store.$state).toEqual({ status: 'authenticated', user: { name: 'ada' } })
    expect([store.tokens, store.accessToken, store.expiresAt]).toEqual([null, null, null])
    expect(await store.getAccessToken()).toBe(null)
    expect(store.sessionId).toMatch(/./)
    expect(server.to('/items')).toMatchObject([{ status: 200, authorization: undefined }])
    const stored = JSON.stringify([...browser.localStorage.content])
    expect(jar.names.length).toBeGreaterThan(0)
    for (const name of jar.names) expect(stored).not.toContain(jar.get(name))
    expect(auth.http.defaults.headers.common).not.toHaveProperty('Authorization')
  })

  test('is wrong with a wrong password, and nothing begins', async () => {
    const { server, open } = await start()
    const { store } = await open()

    expect(await failure(store.login({ name: 'ada', password: 'eve' }))).toMatchObject({ status: 401 })
    expect([store.status, store.sessionId, server.sessions]).toEqual(['anonymous', null, 0])
  })

  test('opens guarded pages, and shuts them to others', async () => {
    const { open } = await start()
    const { store, router, at } = await open('/secret')
    expect(at()).toBe('/login?redirect=/secret')

    await store.login({ name: 'bob', password: 'bob' })
    expect(at()).toBe('/secret')
    await router.push('/ada')
    expect(at()).toBe('/secret')
    await router.push('/login')
    expect(at()).toBe('/')
  })

  test('is there after a reload and in a new tab, with its user and under the same name', async () => {
    const { open, signedIn } = await start()
    const [first] = await signedIn()
    const { sessionId } = first.store
    first.app.unmount()

    const again = await open('/secret', {}, first)
    const other = await open('/ada')

    expect([again.at(), other.at()]).toEqual(['/secret', '/ada'])
    expect([again.store.user, other.store.user]).toEqual([{ name: 'ada' }, { name: 'ada' }])
    expect([again.store.sessionId, other.store.sessionId]).toEqual([sessionId, sessionId])
  })

  test('is asked for in a page that was refused before, and is not begun where there is none', async () => {
    const { server, open } = await start()
    const { store, at } = await open('/secret')

    expect([store.status, at()]).toEqual(['anonymous', '/login?redirect=/secret'])
    expect(server.sessions).toBe(0)
  })

  test('that has ended on the server is over once in every tab, and every request says so', async () => {
    const { server, signedIn } = await start()
    const tabs = await signedIn(2)
    for (const { router } of tabs) await router.push('/secret')
    server.arrivals.length = 0
    server.end()

    const { errors } = await outcomes(times(10, (index) => tabs[0].http.get(`/items/${index}`)))

    expect(errors).toHaveLength(10)
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'ERR_AUTH_EXPIRED', response: { status: 401 } })
    }
    const asked = server.arrivals.filter(({ path }) => path === '/refresh' || path === '/me')
    expect(asked, 'one question for all').toHaveLength(1)
    for (const { store, at, onSessionEnd } of tabs) {
      await vi.waitFor(() => expect(at()).toBe('/login?redirect=/secret'))
      expect(store.status).toBe('expired')
      expect(onSessionEnd).toHaveBeenCalledExactlyOnceWith('expired', { cause: expect.anything() })
    }
  })

  test('ends in every tab with a logout in one, on the server too', async () => {
    const { server, jar, open, signedIn } = await start()
    const tabs = await signedIn(3)
    for (const { router } of tabs) await router.push('/secret')

    await tabs[0].store.logout()

    expect([server.sessions, jar.names]).toEqual([0, []])
    expect(server.to('/logout')).toHaveLength(1)
    for (const { store, at, onSessionEnd } of tabs) {
      await vi.waitFor(() => expect(at()).toMatch(/^\/login/))
      expect(store.$state).toEqual({ status: 'anonymous', user: null })
      expect(onSessionEnd).toHaveBeenCalledExactlyOnceWith('logout', {})
    }
    expect((await open('/secret')).at()).toBe('/login?redirect=/secret')
  })

  test('finding 1: a logout that is lost is remembered: neither a new tab nor a focus signs in again', async () => {
    const { server, open, signedIn } = await start()
    const [first, second] = await signedIn(2)
    server.failing.set('/logout', 503)

    await first.store.logout({ redirect: false })
    expectConsole('error', '503')
    const other = await open('/secret')
    await vi.waitFor(() => expect(second.store.status).toBe('anonymous'))

    expect(other.at()).toBe('/login?redirect=/secret')
    await vi.waitFor(() => expect(server.sessions).toBe(0))
    expect(server.to('/logout').map(({ status }) => status)).toEqual([503, 200])
    first.tab.page.dispatchEvent(new Event('focus'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([first, second, other].map(({ store }) => store.status)).toEqual(Array(3).fill('anonymous'))
  })

  test('finding 11: gives way to a login in another tab: another name, another user, said once', async () => {
    const { signedIn } = await start()
    const [first, second] = await signedIn(2)
    const { sessionId } = first.store

    await second.store.login({ name: 'bob', password: 'bob' }, { redirect: false })

    await vi.waitFor(() => expect(first.store.user).toEqual({ name: 'bob' }))
    expect(first.store.sessionId).toBe(second.store.sessionId)
    expect(first.store.sessionId).not.toBe(sessionId)
    expect(first.onSessionEnd).toHaveBeenCalledExactlyOnceWith('replaced', {})
  })

  test('finding 17: a request of one session is not sent again under the next', async () => {
    const { server, signedIn } = await start()
    const [first, second] = await signedIn(2)
    const hold = gate()
    server.holding = { path: '/items', until: hold.passed }
    server.failing.set('/items', 401)
    const sent = failure(first.http.post('/items', { of: 'ada' }))
    await vi.waitFor(() => expect(server.to('/items')).toHaveLength(1))

    await second.store.login({ name: 'bob', password: 'bob' }, { redirect: false })
    await vi.waitFor(() => expect(first.store.user).toEqual({ name: 'bob' }))
    hold.open()

    const error = await sent
    expect(error).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(await failure(first.http.request(Object(error).config))).toMatchObject({
      code: 'ERR_AUTH_SESSION_CHANGED',
    })
    expect(server.to('/items')).toHaveLength(1)
  })

  test('is replayed byte for byte after a 401 of which the server thinks better', async () => {
    const { server, signedIn } = await start()
    const [{ http }] = await signedIn()
    server.failing.set('/items', 401)

    const { data } = await http.post('/items', { of: 'ada' })

    expect(data).toEqual({ path: '/items', sent: '{"of":"ada"}', to: 'ada' })
    expect(server.to('/items').map(({ status }) => status)).toEqual([401, 200])
  })
})

describe('tokens in cookies that a refresh replaces', () => {
  const start = async () => {
    const server = await new HiddenServer('both JWTs in HttpOnly cookies').start()
    return { server, ...browserFor(server) }
  }

  test.each([1, 2, 5])(
    'are refreshed once for all requests of %i tabs, and each is sent again',
    async (count) => {
      const { server, signedIn } = await start()
      const tabs = await signedIn(count)
      server.expire()

      const { values, errors } = await outcomes(
        times(10 * count, (index) => tabs[index % count]!.http.get(`/items/${index}`)),
      )

      expect(errors).toEqual([])
      expect(statuses(values)).toEqual(Array(10 * count).fill(200))
      expect([server.refreshes, server.reuses]).toEqual([1, 0])
    },
  )

  test('a 401 that comes late is told by the generation: it costs no second refresh', async () => {
    const { server, signedIn } = await start()
    const [first, second] = await signedIn(2)
    const hold = gate()
    server.expire()
    server.holding = { path: '/slow', until: hold.passed }
    const late = [first.http.get('/slow'), second.http.get('/slow')]
    await vi.waitFor(() => expect(server.to('/slow')).toHaveLength(2))

    await first.http.get('/items')
    await new Promise((resolve) => setTimeout(resolve, 30)) // the other tab has heard of it
    hold.open()

    expect(statuses(await Promise.all(late))).toEqual([200, 200])
    expect(server.to('/slow').map(({ status }) => status)).toEqual([401, 401, 200, 200])
    expect([server.refreshes, server.reuses]).toEqual([1, 0])
  })

  test('refresh() resolves with null, for however many who ask', async () => {
    const { server, signedIn } = await start()
    const [{ store }, other] = await signedIn(2)

    expect(await Promise.all([store.refresh(), store.refresh()])).toEqual([null, null])
    expect(server.refreshes).toBe(1)
    // Where the other tab has not heard of it yet, its refresh takes over what there is.
    await vi.waitFor(async () => {
      expect(await other.store.refresh()).toBe(null)
      expect(server.refreshes).toBe(2)
    })
    expect(server.reuses).toBe(0)
  })

  test('a refresh that fails for now keeps the session, and 401 handlers of the application stay quiet', async () => {
    const { server, signedIn } = await start()
    const [{ http, store }] = await signedIn()
    server.expire()
    server.failing.set('/refresh', 500)

    const error = await failure(http.get('/items'))

    expect(error).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
    expect(error).not.toHaveProperty('response')
    expect(store.status).toBe('authenticated')
    await vi.waitFor(async () => expect((await http.get('/items')).status).toBe(200), {
      timeout: 3_000,
      interval: 300,
    })
    expect(server.reuses).toBe(0)
  })

  test('finding 1: a logout with a dead access token reaches the server, after one refresh', async () => {
    const { server, jar, signedIn } = await start()
    const [{ store }] = await signedIn()
    server.expire()

    await store.logout({ redirect: false })

    expect(server.arrivals.map(({ path, status }) => `${path} ${status}`)).toEqual([
      '/logout 401',
      '/refresh 200',
      '/logout 200',
    ])
    expect([server.sessions, jar.names, server.reuses]).toEqual([0, [], 0])
  })

  test('a logout while a refresh is on its way ends what the refresh brings', async () => {
    const { server, jar, open, signedIn } = await start()
    const [{ store, http }] = await signedIn()
    const hold = gate()
    server.expire()
    server.holding = { path: '/refresh', until: hold.passed }
    const waiting = failure(http.get('/items'))
    await vi.waitFor(() => expect(server.refreshes).toBe(1))

    const leaving = store.logout({ redirect: false })
    expect(await waiting).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    hold.open()
    await leaving

    expect([server.sessions, jar.names]).toEqual([0, []])
    expect((await open('/secret')).at()).toBe('/login?redirect=/secret')
  })

  test('finding 5: an application that is unmounted during a refresh leaves the next one a session', async () => {
    const { server, open, signedIn } = await start()
    const [first] = await signedIn()
    const hold = gate()
    server.expire()
    server.holding = { path: '/refresh', until: hold.passed }
    void failure(first.http.get('/items'))
    await vi.waitFor(() => expect(server.refreshes).toBe(1))

    first.app.unmount()
    const next = open('/secret', {}, first)
    hold.open()
    const { at, http, store } = await next

    expect([at(), store.status]).toEqual(['/secret', 'authenticated'])
    expect((await http.get('/items')).status).toBe(200)
    expect(server.reuses).toBe(0)
  })
})
