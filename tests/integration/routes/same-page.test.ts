import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { RouteLocationRaw, RouteRecordRaw } from 'vue-router'
import type { AuthAxiosOptions } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { failure } from '../../support/outcomes.ts'
import { arrive, calm, page, signedIn } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

/** Everything but the login page. */
const others: RouteRecordRaw[] = [
  { path: '/', component: page },
  { path: '/open', component: page },
  { path: '/public', component: page, meta: { auth: false } },
  { path: '/secret', component: page, meta: { auth: true } },
]

interface LoginPage {
  name: string
  record: RouteRecordRaw
  loginRoute?: RouteLocationRaw
  /** Where the visitor is. */
  at: string
}

const LOGIN_PAGES: LoginPage[] = [
  { name: 'with a trailing slash', record: { path: '/login', component: page }, at: '/login/' },
  {
    name: 'whose option has a trailing slash',
    record: { path: '/login', component: page },
    loginRoute: '/login/',
    at: '/login',
  },
  { name: 'in another case', record: { path: '/login', component: page }, at: '/Login' },
  { name: 'by its alias', record: { path: '/login', component: page, alias: '/sign-in' }, at: '/sign-in' },
  {
    name: 'whose option is the alias',
    record: { path: '/login', component: page, alias: '/sign-in' },
    loginRoute: '/sign-in',
    at: '/login/',
  },
  {
    name: 'by an alias with its params',
    record: { path: '/:lang/login', component: page, alias: '/sign-in/:lang' },
    loginRoute: '/de/login',
    at: '/sign-in/de',
  },
  {
    name: 'by the alias of its parent',
    record: {
      path: '/account',
      alias: '/konto',
      component: page,
      children: [{ path: 'login', component: page }],
    },
    loginRoute: '/account/login',
    at: '/konto/login/',
  },
  {
    name: 'whose parent asks for a session',
    record: {
      path: '/account',
      component: page,
      meta: { auth: true },
      children: [{ path: 'login', component: page }],
    },
    loginRoute: '/account/login',
    at: '/account/Login/',
  },
  {
    name: 'that is the default child of a layout whose name the option has',
    record: {
      path: '/login',
      name: 'login',
      component: page,
      children: [{ path: '', name: 'login-form', component: page }],
    },
    loginRoute: { name: 'login' },
    at: '/login/',
  },
  {
    name: 'that a redirect leads to by its name, with its params',
    record: { path: '/:lang/login', name: 'login', component: page },
    loginRoute: '/old/en',
    at: '/en/login/',
  },
]

/** Comes to a login page that nothing marks as one but the option. */
async function comeTo({ record, loginRoute = '/login', at }: LoginPage, options: AuthAxiosOptions = {}) {
  const server = await startServer()
  const redirect: RouteRecordRaw = { path: '/old/:lang', redirect: { name: 'login' } }
  const routes = record.name === 'login' ? [record, redirect] : [record]
  const visitor = await arrive(at, clientOf(server, { loginRoute, homeRoute: '/open', ...options }), {
    routes: [...routes, ...others],
  })
  expect(visitor.at()).toBe(at)
  return { server, visitor }
}

describe.each(LOGIN_PAGES)('finding 36: the login page $name', (loginPage) => {
  test('is left for home after a login', async () => {
    const { visitor } = await comeTo(loginPage)

    await visitor.store.login({})

    expect(visitor.at()).toBe('/open')
  })

  test('is left along the return path after a login', async () => {
    const { visitor } = await comeTo({ ...loginPage, at: `${loginPage.at}?redirect=/secret` })

    await visitor.store.login({})

    expect(visitor.at()).toBe('/secret')
  })

  test('is never a return path itself', async () => {
    const { visitor } = await comeTo(loginPage)
    await visitor.router.push({ path: '/public', query: { redirect: loginPage.at } })

    await visitor.store.login({})

    expect(visitor.at()).toBe(`/public?redirect=${loginPage.at}`)
  })

  test('is where the visitor stays when a session ends, by a logout or by itself', async () => {
    const { server, visitor } = await comeTo(loginPage)
    await visitor.store.login({}, { redirect: false })

    await visitor.store.logout()
    await visitor.store.login({}, { redirect: false })
    server.expire()
    server.refusing = true
    await failure(visitor.auth.http.get('/items/1'))
    await calm()

    expect(visitor.seen).toEqual([loginPage.at])
    expect(visitor.store.status).toBe('expired')
  })
})

describe('finding 36: pages of one route with different params', () => {
  const routes: RouteRecordRaw[] = [
    { path: '/:tenant/login', name: 'login', component: page },
    {
      path: '/users/:id?',
      name: 'user',
      component: page,
      meta: { auth: (_user, to) => to.params.id !== '2' },
    },
    { path: '/files/:path(.*)*', component: page },
    ...others,
  ]
  const loginRoute = { name: 'login', params: { tenant: 'acme' } }

  test('are different pages: the login page of another tenant is none of this one', async () => {
    const server = await startServer()
    const visitor = await arrive('/other/login', clientOf(server, { loginRoute }), { routes })

    await visitor.store.login({})

    expect(visitor.at()).toBe('/other/login')
  })

  test('are different pages: who may not see one of them stays at the other', async () => {
    const visitor = await signedIn(await startServer(), '/public', { loginRoute }, { routes })
    await visitor.router.push('/users/1')

    await visitor.router.push('/users/2')

    expect(visitor.at()).toBe('/users/1')
  })

  test.each([
    [{ name: 'user' }, '/users/3', '/users/3'],
    ['/users/3', '/users', '/users'],
    ['/files/a,b', '/files/a/b', '/files/a/b'],
  ])(
    'are different pages: `forbiddenRoute` %j is no return path, and %s is one',
    async (forbiddenRoute, redirect, to) => {
      const server = await startServer()
      const visitor = await arrive('/public', clientOf(server, { loginRoute, forbiddenRoute }), { routes })
      await visitor.router.push({ ...loginRoute, query: { redirect } })

      await visitor.store.login({})

      expect(visitor.at()).toBe(to)
    },
  )
})

test('a return path that redirects to the login page leads home', async () => {
  const server = await startServer()
  const routes: RouteRecordRaw[] = [
    { path: '/login', component: page },
    { path: '/old-login', redirect: '/login' },
    ...others,
  ]
  const visitor = await arrive('/login?redirect=/old-login', clientOf(server), { routes })

  await visitor.store.login({})

  expect(visitor.at()).toBe('/')
})

describe('a `loginRoute` that no route matches', () => {
  // vue-router warns of it at every turn.
  beforeEach(() => {
    const warn = vi.spyOn(console, 'warn').mockImplementation((message) => {
      expect(message).toMatch(/No match found/)
    })
    return () => warn.mockRestore()
  })

  test('keeps guarded pages closed all the same, and leads back whoever signs in there', async () => {
    const server = await startServer()
    const visitor = await arrive('/secret', clientOf(server), { routes: others })
    expect(visitor.at()).toBe('/login?redirect=/secret')

    await visitor.store.login({})

    expect(visitor.at()).toBe('/secret')
  })

  test('is where a logout leads, and a second one stays', async () => {
    const visitor = await signedIn(await startServer(), '/open', {}, { routes: others })

    await visitor.store.logout()
    await visitor.store.logout()

    expect(visitor.seen).toEqual(['/open', '/login'])
  })

  test('is left for home after a login', async () => {
    const server = await startServer()
    const visitor = await arrive('/login', clientOf(server), { routes: others })

    await visitor.store.login({})

    expect(visitor.seen).toEqual(['/login', '/'])
  })
})
