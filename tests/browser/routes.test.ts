import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { commands } from 'vitest/browser'
import { type RouteRecordRaw, createWebHashHistory, createWebHistory } from 'vue-router'
import { type AuthAxiosOptions, httpBackend } from '../../src/index.ts'
import { failure, outcomes, times } from '../support/outcomes.ts'
import { counted, forgetEverything, planFaults } from '../support/playground-visit.ts'
import { type Visitor, arrive, calm, page, withRoutes } from '../support/visitor.ts'

const ADA = { username: 'ada', password: 'ada' }
const BOB = { username: 'bob', password: 'bob' }
const REFRESH = '/api/auth/cookie/refresh'
const LOGOUT = '/api/auth/cookie/logout'

const tokens: AuthAxiosOptions = {
  axios: { baseURL: '/api' },
  backend: httpBackend({ user: '/auth/me' }),
}

const cookie: AuthAxiosOptions = {
  axios: { baseURL: '/api' },
  backend: httpBackend({
    cookie: true,
    login: '/auth/cookie/login',
    refresh: '/auth/cookie/refresh',
    logout: '/auth/cookie/logout',
    user: '/auth/me',
  }),
}

// The test itself lives at an address that it gives back.
const home = location.href

beforeEach(forgetEverything)
afterEach(async () => {
  sessionStorage.clear()
  await forgetEverything()
  history.replaceState(null, '', home)
})

const address = () => decodeURIComponent(location.href.slice(location.origin.length))

const expireAll = () => fetch('/api/debug/expire', { method: 'POST' })

/** Lets the session end, and twenty requests find out at once. */
async function expire({ auth }: Visitor): Promise<unknown[]> {
  await expireAll()
  await planFaults([401])
  const { errors } = await outcomes(times(20, (index) => auth.http.get(`/items/${index + 1}`)))
  await calm()
  return errors
}

const HISTORIES = [
  {
    name: 'web history with a base',
    create: () => createWebHistory('/app/v2/'),
    start: '/app/v2/',
    shown: (path: string) => `/app/v2${path}`,
  },
  {
    name: 'hash history',
    create: () => createWebHashHistory('/app/v2/'),
    start: '/app/v2/',
    shown: (path: string) => `/app/v2/#${path}`,
  },
]

describe.each(HISTORIES)('with $name, in a real browser', ({ create, start, shown }) => {
  beforeEach(() => history.replaceState(null, '', start))

  /** Signed in, on a page that asks for it. */
  async function atWork(...before: string[]): Promise<Visitor> {
    const visitor = await arrive('/public', tokens, { history: create() })
    await visitor.store.login(ADA)
    for (const path of before) await visitor.router.push(path)
    return visitor
  }

  test('a guarded page leads to the login page, and the login back to it', async () => {
    const visitor = await arrive('/secret/7?x=1#total', tokens, { history: create() })
    expect(visitor.router.currentRoute.value.path).toBe('/login')
    expect(visitor.router.currentRoute.value.query).toEqual({ redirect: '/secret/7?x=1#total' })

    await visitor.store.login(ADA)

    expect(address()).toBe(shown('/secret/7?x=1#total'))
    expect(visitor.seen).toHaveLength(2)
    expect(visitor.store.user).toMatchObject({ username: 'ada' })
  })

  test('Back and Forward pass over the login page, once it has been used', async () => {
    const visitor = await arrive('/public', tokens, { history: create() })
    await visitor.router.push('/secret')
    expect(address()).toBe(shown('/login?redirect=/secret'))
    await visitor.store.login(ADA)

    expect(await visitor.back()).toBe('/public')
    expect(address()).toBe(shown('/public'))
    expect(await visitor.back(1)).toBe('/secret')
    expect(address()).toBe(shown('/secret'))
  })

  test('twenty requests that find the session ended lead to the login page once', async () => {
    const visitor = await atWork('/secret/7?x=1')
    const { length } = history

    const errors = await expire(visitor)

    expect(errors).toMatchObject(times(20, () => ({ code: 'ERR_AUTH_EXPIRED', response: { status: 401 } })))
    expect(visitor.seen).toEqual(['/public', '/secret/7?x=1', expect.stringMatching(/^\/login\?redirect=/)])
    expect(address()).toBe(shown('/login?redirect=/secret/7?x=1'))
    expect(history.length).toBe(length)
  })

  test('Back does not bounce after a session has ended', async () => {
    const visitor = await atWork('/secret')
    await expire(visitor)

    expect(await visitor.back()).toBe('/public')
    await calm()

    expect(address()).toBe(shown('/public'))
  })

  test('Back does not bounce between guarded pages and the login page', async () => {
    const visitor = await atWork('/secret/1', '/secret/2')
    await expire(visitor)

    expect(await visitor.back()).toBe('/login?redirect=/secret/1')
    expect(await visitor.back()).toBe('/public')
    await calm()

    expect(address()).toBe(shown('/public'))
  })

  test.each([true, false])(
    'finding 38: Back to a page that is gone is no return path, and hides none (auth: %s)',
    async (auth) => {
      let isGone = false
      const gone: RouteRecordRaw = {
        path: '/gone',
        component: page,
        meta: { auth },
        beforeEnter() {
          if (isGone) throw new Error('no such chunk')
        },
      }
      const visitor = await arrive('/public', tokens, { history: create(), routes: withRoutes(gone) })
      await visitor.store.login(ADA)
      for (const path of ['/gone', '/secret/1']) await visitor.router.push(path)
      isGone = true
      const failed = new Promise((resolve) => visitor.router.onError(resolve))
      visitor.router.back()
      await failed
      await vi.waitFor(() => expect(address()).toBe(shown('/secret/1')))

      await expire(visitor)

      expect(address()).toBe(shown('/login?redirect=/secret/1'))
    },
  )

  test('Back to a page that refuses by a function changes nothing, nor does it shift the history', async () => {
    let allowed = true
    const ruled = { path: '/ruled', component: page, meta: { auth: () => allowed } }
    const visitor = await arrive('/public', tokens, { history: create(), routes: withRoutes(ruled) })
    await visitor.store.login(ADA)
    await visitor.router.push('/ruled')
    await visitor.router.push('/open')
    allowed = false

    expect(await visitor.back()).toBe('/open')
    await vi.waitFor(() => expect(address()).toBe(shown('/open')))
    allowed = true
    await calm()

    expect(await visitor.back()).toBe('/ruled')
    expect(await visitor.back()).toBe('/public')
  })

  test.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '///evil.example',
    'javascript:document.title="evil"',
    '%2F%2Fevil.example',
    '/\n/evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    ['/secret', '//evil.example'],
    `/${'a'.repeat(10_240)}`,
  ])('the return path %s never leaves the app', async (redirect) => {
    const everything = { path: '/:rest(.*)*', component: page }
    const visitor = await arrive('/public', tokens, { history: create(), routes: withRoutes(everything) })
    await visitor.router.push({ path: '/login', query: { redirect } })

    await visitor.store.login(ADA)

    expect(visitor.at()).toBe('/')
    expect(address()).toBe(shown('/'))
  })
})

describe('a session in a real HttpOnly cookie', () => {
  beforeEach(() => history.replaceState(null, '', '/app/v2/'))

  /** Opens a page of the app. */
  const open = (path: string, options: AuthAxiosOptions = {}) =>
    arrive(path, { ...cookie, ...options }, { history: createWebHistory('/app/v2/') })

  /** Signed in before, and now they open the app anew. */
  async function returning(): Promise<void> {
    const { app, store } = await open('/public')
    await store.login(ADA)
    app.unmount()
  }

  /** The XSRF headers that requests leave with, by path. */
  function watchXsrf(): Array<[path: string, header: string]> {
    const headers: Array<[string, string]> = []
    const paths = new WeakMap<XMLHttpRequest, string>()
    const { open: start, setRequestHeader } = XMLHttpRequest.prototype
    vi.spyOn(XMLHttpRequest.prototype, 'open').mockImplementation(function (
      this: XMLHttpRequest,
      method: string,
      url: string | URL,
    ) {
      paths.set(this, String(url))
      start.call(this, method, url, true)
    })
    vi.spyOn(XMLHttpRequest.prototype, 'setRequestHeader').mockImplementation(function (
      this: XMLHttpRequest,
      name: string,
      value: string,
    ) {
      if (/xsrf/i.test(name)) headers.push([paths.get(this) ?? '', value])
      setRequestHeader.call(this, name, value)
    })
    onTestFinished(() => void vi.restoreAllMocks())
    return headers
  }

  const xsrfCookie = () => document.cookie.match(/XSRF-TOKEN=([\w-]+)/)?.[1]

  test('begins with a login that leaves no token to any script', async () => {
    const { store } = await open('/public')

    await store.login(ADA)

    expect(store.isAuthenticated).toBe(true)
    expect(document.cookie).toMatch(/^XSRF-TOKEN=[\w-]+$/)
    expect(Object.keys(localStorage)).toEqual(['vue-auth-axios:authAxios'])
    expect(JSON.parse(localStorage.getItem('vue-auth-axios:authAxios') ?? '')).not.toHaveProperty('tokens')
    expect(localStorage.getItem('vue-auth-axios:authAxios')).not.toContain(store.tokens?.accessToken)
    expect(Object.keys(sessionStorage).filter((key) => !key.startsWith('vue-router'))).toEqual([])
    expect(store.tokens).not.toHaveProperty('refreshToken')
  })

  test('is resumed by a reload with one request, before a guard decides', async () => {
    await returning()

    const { refreshes } = await counted(async () => {
      const { seen, store } = await open('/secret')
      expect(seen).toEqual(['/secret'])
      await vi.waitFor(() => expect(store.user).toMatchObject({ username: 'ada' }))
    })

    expect(refreshes).toBe(1)
  })

  test('is resumed by a new tab with one request, before a guard decides', async () => {
    await returning()

    const { refreshes } = await counted(async () => {
      const tab = await commands.openTab('/tests/browser/pages/blank.html')
      onTestFinished(() => commands.closeTab(tab))
      const start = "import('/tests/browser/pages/cookie-app.ts').then(({ open }) => open('/secret'))"
      expect(await commands.evaluateInTab(tab, start)).toEqual({
        seen: ['/secret'],
        status: 'authenticated',
        user: 'ada',
        address: '/app/v2/secret',
      })
    })

    expect(refreshes).toBe(1)
  })

  test('repeats the XSRF cookie in a header on refresh and logout, and nowhere else', async () => {
    const { auth, store } = await open('/public')
    await store.login(ADA)
    const headers = watchXsrf()

    const first = xsrfCookie()
    await store.refresh()
    const second = xsrfCookie()
    await store.logout()

    expect(first).not.toBe(second)
    expect(headers).toEqual([
      [REFRESH, first],
      [LOGOUT, second],
    ])
    expect(document.cookie).toBe('')
    expect(auth.http.defaults.xsrfCookieName).toBe('XSRF-TOKEN')
  })

  test('is not resumed with the wrong XSRF settings: the server refuses, and nobody has expired', async () => {
    await returning()
    const onSessionEnd = vi.fn()

    const axios = { baseURL: '/api', xsrfCookieName: 'ANOTHER-TOKEN' }
    const { seen, store } = await open('/secret', { axios, onSessionEnd })

    expect(seen).toEqual(['/login?redirect=/secret'])
    expect(store.status).toBe('anonymous')
    expect(onSessionEnd).not.toHaveBeenCalled()
  })

  test('is not resumed where `withXSRFToken` is off', async () => {
    await returning()
    const headers = watchXsrf()

    const { seen } = await open('/secret', { axios: { baseURL: '/api', withXSRFToken: false } })

    expect(seen).toEqual(['/login?redirect=/secret'])
    expect(headers).toEqual([])
  })

  test('respects XSRF settings that are changed later', async () => {
    const axios = { baseURL: '/api', xsrfCookieName: 'ANOTHER-TOKEN' }
    const { auth, store } = await open('/public', { axios })
    await store.login(ADA)
    auth.http.defaults.xsrfCookieName = 'XSRF-TOKEN'
    const headers = watchXsrf()

    await store.refresh()

    expect(headers).toHaveLength(1)
    expect(store.isAuthenticated).toBe(true)
  })

  test('renews its token once for a hundred requests, and rotates the cookie', async () => {
    const { auth, store } = await open('/public')
    await store.login(ADA)
    const before = xsrfCookie()
    await expireAll()

    const { refreshes, reuses } = await counted(async () => {
      const { errors } = await outcomes(times(100, (index) => auth.http.get(`/items/${index + 1}`)))
      expect(errors).toEqual([])
    })

    expect([refreshes, reuses]).toEqual([1, 0])
    expect(xsrfCookie()).not.toBe(before)
  })

  test('is over after a logout: a reload is anonymous, where it is, and says nothing', async () => {
    const first = await open('/public')
    await first.store.login(ADA)
    await first.store.logout()
    first.app.unmount()
    const onSessionEnd = vi.fn()

    const { seen, store } = await open('/open', { onSessionEnd })
    await store.ready()
    await calm()

    expect(store.status).toBe('anonymous')
    expect(seen).toEqual(['/open'])
    expect(onSessionEnd).not.toHaveBeenCalled()
  })

  test('that cannot be resumed on the way is tried again at the next guarded navigation', async () => {
    await returning()
    await planFaults(['drop'])
    const visitor = await open('/open')
    await visitor.store.ready()
    expect(visitor.store.status).toBe('anonymous')

    await visitor.router.push('/secret')

    expect(visitor.seen).toEqual(['/open', '/secret'])
  })

  test('that ends while the page is open has expired: one redirect', async () => {
    const onSessionEnd = vi.fn()
    const visitor = await open('/public', { onSessionEnd })
    await visitor.store.login(ADA)
    await visitor.router.push('/secret')

    const errors = await expire(visitor)

    expect(errors).toHaveLength(20)
    expect(visitor.store.status).toBe('expired')
    expect(visitor.seen).toEqual(['/public', '/secret', '/login?redirect=/secret'])
    expect(onSessionEnd).toHaveBeenCalledExactlyOnceWith('expired', expect.anything())
  })

  test('of a login right after a logout is not hit by the logout', async () => {
    const { auth, store } = await open('/public')
    await store.login(ADA)

    await Promise.all([store.logout(), store.login(BOB)])

    expect(store.user).toMatchObject({ username: 'bob' })
    await store.refresh()
    expect((await auth.http.get('/auth/me')).data).toMatchObject({ username: 'bob' })
  })

  test('does not begin with a wrong password', async () => {
    const visitor = await open('/login?redirect=/secret')

    const error = await failure(visitor.store.login({ username: 'ada', password: 'wrong' }))

    expect(error).toMatchObject({ response: { status: 401 } })
    expect(visitor.seen).toEqual(['/login?redirect=/secret'])
    expect(document.cookie).toBe('')
  })
})
