import { describe, expect, test } from 'vitest'
import type { RouteRecordRaw } from 'vue-router'
import { type AuthAxiosOptions, createAuthAxios } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { failure } from '../../support/outcomes.ts'
import { storedSession } from '../../support/stored-session.ts'
import { arrive, calm, page, signedIn, withRoutes } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

type Setting = [name: string, options: AuthAxiosOptions, routes: RouteRecordRaw[]]

const refuse = () => false

/** A route that refuses everybody. */
const refusing = (path: string): RouteRecordRaw => ({ path, component: page, meta: { auth: refuse } })
const guarded = (path: string): RouteRecordRaw => ({ path, component: page, meta: { auth: true } })
const guest = (path: string): RouteRecordRaw => ({ path, component: page, meta: { auth: 'guest' } })

// A visitor (see support/visitor.ts) throws when a navigation goes round in circles.
const SETTINGS: Setting[] = [
  ['a home that asks for a session', {}, [guarded('/')]],
  ['a home that refuses', {}, [refusing('/')]],
  ['a home for guests', {}, [guest('/')]],
  ['a home that is the login page', { homeRoute: '/login' }, []],
  ['a home that redirects to the login page', {}, [{ path: '/', redirect: '/login' }]],
  ['a home that redirects to a page for guests', {}, [{ path: '/', redirect: '/hi' }, guest('/hi')]],
  ['a home that redirects to a page that refuses', {}, [{ path: '/', redirect: '/no' }, refusing('/no')]],
  ['a home that redirects by a function', {}, [{ path: '/', redirect: () => ({ path: '/login' }) }]],
  ['a home that is an alias of the login page', { homeRoute: '/in' }, [{ ...guest('/login'), alias: '/in' }]],
  ['a home without a page', { homeRoute: '/no/page' }, [guarded('/:rest(.*)*')]],
  ['a login page that asks for a session', {}, [guarded('/login')]],
  ['a login page that refuses', {}, [refusing('/login')]],
  [
    'a login page whose parent asks for a session',
    {},
    [{ path: '/login', component: page, meta: { auth: true }, children: [{ path: '', component: page }] }],
  ],
  [
    'a login page that redirects to one that asks for a session',
    {},
    [{ path: '/login', redirect: '/in' }, guarded('/in')],
  ],
  [
    'a login page with an alias that asks for a session',
    { loginRoute: '/in' },
    [{ ...guarded('/login'), alias: '/in' }],
  ],
  ['a login page without a page', { loginRoute: '/no/page' }, [guarded('/:rest(.*)*')]],
  ['a forbidden page that refuses', { forbiddenRoute: '/no' }, [refusing('/no')]],
  ['a forbidden page that asks for a session', { forbiddenRoute: '/no' }, [guarded('/no')]],
  ['a forbidden page for guests', { forbiddenRoute: '/no' }, [guest('/no')]],
  [
    'a forbidden page for guests, and a home that refuses',
    { forbiddenRoute: '/no' },
    [guest('/no'), refusing('/')],
  ],
  ['a forbidden page that is the login page', { forbiddenRoute: '/login' }, []],
  [
    'a forbidden page that is the login page, and a home that refuses',
    { forbiddenRoute: '/login' },
    [refusing('/')],
  ],
  [
    'a forbidden page that redirects to one that refuses',
    { forbiddenRoute: '/no' },
    [{ path: '/no', redirect: '/never' }, refusing('/never')],
  ],
  ['a forbidden page that is a home that refuses', { forbiddenRoute: '/' }, [refusing('/')]],
  [
    'everything refuses',
    { forbiddenRoute: '/no' },
    [refusing('/'), refusing('/login'), refusing('/no'), refusing('/secret')],
  ],
  [
    'everything is for guests',
    { forbiddenRoute: '/no' },
    [guest('/'), guest('/login'), guest('/no'), guest('/secret')],
  ],
]

const STARTS = [
  '/',
  '/login',
  '/login?redirect=/ruled',
  '/login?redirect=/login',
  '/secret',
  '/ruled',
  '/public',
]

describe.each(SETTINGS)('%s leads to no loop', (_name, options, more) => {
  const layout = { routes: withRoutes(...more, refusing('/ruled')) }

  test('for a visitor without a session', async () => {
    for (const start of STARTS) {
      const visitor = await arrive('/public', options, layout)
      await visitor.router.push(start)
      expect(visitor.seen.length, start).toBeLessThanOrEqual(2)
    }
  })

  test('for a visitor who opens the app with a session', async () => {
    const server = await startServer()
    const storage = await storedSession(server)
    for (const start of STARTS) {
      const visitor = await arrive(start, clientOf(server, { ...options, storage }), layout)
      expect(visitor.seen.length, start).toBeLessThanOrEqual(1)
    }
  })

  test('for a visitor who goes around with a session, and loses it', async () => {
    const server = await startServer()
    const visitor = await signedIn(server, '/public', options, layout)
    for (const start of STARTS) {
      await visitor.router.push(start)
      await visitor.router.push('/public')
    }
    await visitor.router.push('/open')

    server.expire()
    server.refusing = true
    await failure(visitor.auth.http.get('/items/1'))
    await calm()

    expect(visitor.store.status).toBe('expired')
    expect(visitor.at()).not.toBe('/open')
  })

  test('for a visitor who signs in and out', async () => {
    const server = await startServer()
    const visitor = await arrive('/public', clientOf(server, options), layout)
    for (const start of STARTS) {
      await visitor.router.push(start)
      await visitor.store.login({})
      expect(visitor.store.isAuthenticated).toBe(true)
      await visitor.store.logout()
      expect(visitor.store.isAuthenticated).toBe(false)
    }
  })
})

test('a guest page is shown where every other page leads back to it', async () => {
  const server = await startServer()
  const storage = await storedSession(server)
  const layout = { routes: withRoutes(guest('/no'), refusing('/')) }

  const visitor = await arrive('/no', clientOf(server, { forbiddenRoute: '/no', storage }), layout)

  expect(visitor.seen).toEqual(['/no'])
})

describe('two identities lead to no loop', () => {
  test('with one login page for both, marked for guests of the first', async () => {
    const server = await startServer()
    const admin = createAuthAxios(clientOf(server, { id: 'admin' }))
    const desk: RouteRecordRaw = { path: '/desk', component: page, meta: { auth: true, authId: 'admin' } }
    const visitor = await arrive('/public', clientOf(server), {
      routes: withRoutes(desk),
      plugins: (router, auth) => [router, auth, admin],
    })
    await visitor.store.setTokens(server.grant())

    await visitor.router.push('/desk')

    expect(visitor.store.isAuthenticated).toBe(true)
    expect(visitor.at()).not.toBe('/desk')
  })

  test('where each takes the other one’s page for its home', async () => {
    const server = await startServer()
    const admin = createAuthAxios(
      clientOf(server, { id: 'admin', homeRoute: '/secret', loginRoute: '/admin/login' }),
    )
    const more: RouteRecordRaw[] = [
      { path: '/desk', component: page, meta: { auth: true, authId: 'admin' } },
      { path: '/admin/login', component: page, meta: { auth: 'guest' } },
    ]
    const visitor = await arrive('/public', clientOf(server, { homeRoute: '/desk' }), {
      routes: withRoutes(...more),
      plugins: (router, auth) => [router, auth, admin],
    })
    await visitor.store.setTokens(server.grant())

    await visitor.router.push('/desk')
    await visitor.router.push('/login')

    expect(visitor.at()).not.toBe('/desk')
  })
})
