import { describe, expect, test } from 'vitest'
import type { RouteRecordRaw } from 'vue-router'
import { type AuthAxiosOptions, createAuthAxios } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { arrive, page, withRoutes } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

const desk: RouteRecordRaw = { path: '/desk', component: page, meta: { auth: true, authId: 'admin' } }
const tray: RouteRecordRaw = { path: '/tray', component: page, meta: { authId: 'admin' } }

describe('a route with an `authId`', () => {
  test('that no identity has is warned of once, and by one of the identities', async () => {
    expectConsole('warn', /\[vue-auth-axios\].*"\/desk".*"admin".*createAuthAxios\(\{ id: "admin" \}\)/)
    const other = createAuthAxios({ id: 'other' })
    const visitor = await arrive(
      '/public',
      {},
      { routes: withRoutes(desk, tray), plugins: (router, auth) => [router, auth, other] },
    )

    for (const path of ['/desk', '/public', '/desk?x=1', '/tray']) await visitor.router.push(path)

    expect(visitor.at()).toBe('/tray')
  })

  test('that an identity has is not, whichever was installed first', async () => {
    for (const isFirst of [true, false]) {
      const admin = createAuthAxios({ id: 'admin' })
      const visitor = await arrive(
        '/desk',
        {},
        {
          routes: withRoutes(desk),
          plugins: (router, auth) => (isFirst ? [router, admin, auth] : [router, auth, admin]),
        },
      )

      expect(visitor.at()).toBe('/login?redirect=/desk')
    }
  })
})

describe('two identities on one router', () => {
  const login: RouteRecordRaw = {
    path: '/admin/login',
    alias: '/admin/in',
    component: page,
    meta: { auth: 'guest', authId: 'admin' },
  }

  /** Comes to an application with visitors and staff. */
  async function come(path: string, options: AuthAxiosOptions = {}) {
    const server = await startServer()
    const admin = createAuthAxios(
      clientOf(server, { id: 'admin', loginRoute: '/admin/login', homeRoute: '/desk', ...options }),
    )
    const routes = withRoutes(desk, tray, login, {
      path: '/admin/forbidden',
      component: page,
      meta: { authId: 'admin' },
    })
    const visitor = await arrive(path, clientOf(server), {
      routes,
      plugins: (router, auth) => [router, auth, admin],
    })
    return { ...visitor, server, admin: admin.useStore() }
  }

  test('each follow its own return path, from its own login page', async () => {
    const visitor = await come('/desk?x=1')
    expect(visitor.at()).toBe('/admin/login?redirect=/desk?x=1')

    await visitor.admin.login({})
    expect(visitor.at()).toBe('/desk?x=1')
    await visitor.router.push('/secret')
    expect(visitor.at()).toBe('/login?redirect=/secret')

    await visitor.store.login({})
    expect(visitor.at()).toBe('/secret')
  })

  test('a logout of one leaves the pages of the other alone', async () => {
    const visitor = await come('/public')
    await visitor.store.setTokens(visitor.server.grant())
    await visitor.admin.setTokens(visitor.server.grant())
    await visitor.router.push('/tray')

    await visitor.store.logout()
    expect(visitor.at()).toBe('/tray')
    await visitor.admin.logout()

    expect(visitor.at()).toBe('/admin/login')
  })

  test('the login page of one is known by its alias to it alone', async () => {
    const visitor = await come('/admin/in')
    await visitor.admin.login({})

    expect(visitor.at()).toBe('/desk')
  })
})
