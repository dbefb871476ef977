import { describe, expect, it } from 'vitest'
import type { RouteRecordRaw } from 'vue-router'
import { type ManualAppOptions, firstPair, manualApp } from '../../support/manual-app.ts'
import { journey, memoryRouter } from '../../support/routes.ts'
import { turns } from '../../support/turns.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'

const page = { render: () => null }

/** Somebody who is signed in, at a path of an application. */
const visitorAt = async (path: string, options: ManualAppOptions = {}, routes: RouteRecordRaw[] = []) => {
  const router = memoryRouter(routes)
  const backend = {
    login: async () => firstPair,
    logout: async () => {},
    refresh: async () => null,
    ...options.backend,
  }
  const app = manualApp({ ...options, backend }, (application) => application.use(router))
  await app.store.ready()
  await app.store.setTokens(firstPair)
  await router.push(path)
  const expire = () => app.store.refresh().catch(() => {})
  return { ...app, expire, router, path: journey(router), at: () => router.currentRoute.value.fullPath }
}

/** Somebody who is not signed in, at a path of an application. */
const strangerAt = async (path: string, options: ManualAppOptions = {}, routes: RouteRecordRaw[] = []) => {
  const visitor = await visitorAt('/', options, routes)
  await visitor.store.logout({ redirect: false })
  await visitor.router.push(path)
  visitor.path.length = 0
  return visitor
}

describe('the end of a session', () => {
  it('leads to the login page, once, with the way back', async () => {
    const { expire, router, path, at } = await visitorAt('/orders/1?tab=notes#total')

    await Promise.all([expire(), expire(), expire()])
    await turns(50)

    expect(path).toEqual([at()])
    expect(router.currentRoute.value).toMatchObject({
      path: '/login',
      query: { redirect: '/orders/1?tab=notes#total' },
    })
  })

  it('brings back the very page that was left', async () => {
    const { expire, router, store, at } = await visitorAt('/orders/1?tab=a%26b&tab=c#to%20tal')
    const left = at()

    await expire()
    await turns(50)
    expect(router.currentRoute.value.query.redirect).toBe(left)
    await store.login({})

    expect(at()).toBe(left)
  })

  it('leaves no way back through the history to the page that asks for a session', async () => {
    const { expire, router, at } = await visitorAt('/orders/1')
    await router.push('/orders/2')

    await expire()
    await turns(50)
    router.back()
    await turns(50)

    expect(at()).toBe('/orders/1')
  })

  it.each(['/about', '/welcome', '/login', '/login?redirect=/orders/1'])(
    'leaves a visitor of %s where he is',
    async (where) => {
      const { expire, store, router, path, at } = await visitorAt('/orders/1')
      await store.logout({ redirect: false })
      await router.push(where)
      await store.setTokens(firstPair)
      path.length = 0

      await expire()
      await turns(50)

      expect(store.status).toBe('expired')
      expect(path).toEqual([])
      expect(at()).toBe(where)
    },
  )

  it('leaves a visitor alone on a page that another identity judges', async () => {
    const { expire, path } = await visitorAt('/staff', {}, [
      { path: '/staff', component: page, meta: { authId: 'staff' } },
    ])

    await expire()
    await turns(50)

    expect(path).toEqual([])
  })

  it('leads on from the page that the visitor is just going to', async () => {
    const gate = Promise.withResolvers<void>()
    const { expire, router } = await visitorAt('/orders/1', {}, [
      { path: '/slow', component: page, beforeEnter: () => gate.promise },
    ])

    const going = router.push('/slow?x=1')
    await turns(50)
    await expire()
    gate.resolve()
    await going
    await turns(50)

    expect(router.currentRoute.value).toMatchObject({ path: '/login', query: { redirect: '/slow?x=1' } })
  })

  it('leads on from the page that the visitor is at, where he was sent back to it', async () => {
    const { expire, router, at } = await visitorAt('/orders/1', {}, [
      { path: '/closed', component: page, meta: { auth: false }, beforeEnter: () => '/orders/1' },
    ])

    await router.push('/closed')
    expect(at()).toBe('/orders/1')
    await expire()
    await turns(50)

    expect(at()).toBe('/login?redirect=/orders/1')
  })

  it.each<[string, RouteRecordRaw]>([
    ['was refused', { path: '/closed', component: page, meta: { auth: false }, beforeEnter: () => false }],
    [
      'failed',
      {
        path: '/closed',
        meta: { auth: false },
        component: () => Promise.reject(new Error('chunk not found')),
      },
    ],
  ])('leads on from the page that the visitor is at, where going elsewhere %s', async (_, route) => {
    const { expire, router, at } = await visitorAt('/orders/1', {}, [route])
    router.onError(() => {})

    await router.push('/closed').catch(() => {})
    await expire()
    await turns(50)

    expect(at()).toBe('/login?redirect=/orders/1')
  })

  it('leads nowhere before the first page', async () => {
    const router = memoryRouter()
    const app = manualApp({ backend: { logout: async () => {} } }, (application) => application.use(router))
    await app.store.setTokens(firstPair)
    const path = journey(router)

    await app.store.logout()
    await turns(50)

    expect(path).toEqual([])
  })

  it('is the end without a router too', async () => {
    const app = manualApp({ backend: { logout: async () => {} } })
    await app.store.setTokens(firstPair)

    await app.store.logout()
    await app.store.logout({ redirect: '/about' })

    expect(app.errors).toEqual([])
  })

  it('leads nowhere any more once the application is unmounted', async () => {
    const { app, path, router, store } = await visitorAt('/orders/1')

    app.unmount()
    await store.logout()
    await router.push('/orders/2')

    expect(path).toEqual(['/orders/2'])
  })
})

describe('a logout', () => {
  it('leads to the login page, with the way back', async () => {
    const { store, at } = await visitorAt('/orders/1')

    await store.logout()

    expect(at()).toBe('/login?redirect=/orders/1')
  })

  it('leads where it is told, also from a page that is open to all', async () => {
    for (const where of ['/orders/1', '/about']) {
      const { store, at } = await visitorAt(where)

      await store.logout({ redirect: { path: '/welcome', query: { bye: '1' } } })

      expect(at()).toBe('/welcome?bye=1')
    }
  })

  it('stays where it is told to', async () => {
    const { store, path } = await visitorAt('/orders/1')

    await store.logout({ redirect: false })

    expect(path).toEqual([])
  })

  it('twice at once leads there once', async () => {
    const { store, path } = await visitorAt('/orders/1')

    await Promise.all([store.logout(), store.logout()])

    expect(path).toEqual(['/login?redirect=/orders/1'])
  })

  it('leads there although the server does not answer', async () => {
    const { store, path } = await visitorAt('/orders/1', { backend: { logout: () => new Promise(() => {}) } })

    void store.logout()
    await turns(50)

    expect(path).toEqual(['/login?redirect=/orders/1'])
  })
})

describe('a login', () => {
  it('leads back along the way', async () => {
    const { store, at } = await strangerAt('/login?redirect=/orders/1?tab%3Dnotes%23total')

    await store.login({})

    expect(at()).toBe('/orders/1?tab=notes#total')
  })

  it('is not found behind the page one comes back to', async () => {
    const { store, router, at } = await strangerAt('/orders/7')
    await router.push('/login?redirect=/orders/1')

    await store.login({})
    router.back()
    await turns(50)

    expect(at()).toBe('/orders/7')
  })

  it.each([
    'https://evil.test',
    '//evil.test',
    '/\\evil.test',
    '///evil.test',
    'javascript:alert(1)',
    '%2F%2Fevil.test',
    '/\n/evil.test',
    `/orders/${'1'.repeat(10_240)}`,
    '',
  ])('leads home where the way back could lead away: %j', async (redirect) => {
    const { store, router, at } = await strangerAt('/login')
    await router.push({ path: '/login', query: { redirect } })

    await store.login({})

    expect(at()).toBe('/')
  })

  it('leads home where the way back is there twice', async () => {
    const { store, at } = await strangerAt('/login?redirect=/orders/1&redirect=/orders/2')

    await store.login({})

    expect(at()).toBe('/')
  })

  it.each([
    '/login',
    '/welcome',
    '/login?redirect=/login',
    '/login?redirect=/welcome',
    '/welcome?redirect=/login',
  ])('leads home from %s: nobody who is signed in belongs there', async (where) => {
    const { store, at } = await strangerAt(where)

    await store.login({})

    expect(at()).toBe('/')
  })

  it.each(['/orders/1', '/about', '/orders/1?tab=notes'])('stays at %s', async (where) => {
    const { store, path, at } = await strangerAt(where)

    await store.login({})

    expect([path, at()]).toEqual([[], where])
  })

  it('leads where it is told, whatever the way back says', async () => {
    const { store, at } = await strangerAt('/login?redirect=/orders/1')

    await store.login({}, { redirect: { path: '/orders/9', query: { new: '1' } } })

    expect(at()).toBe('/orders/9?new=1')
  })

  it('stays where it is told to', async () => {
    const { store, path } = await strangerAt('/login?redirect=/orders/1')

    await store.login({}, { redirect: false })

    expect(path).toEqual([])
  })

  it('that fails stays', async () => {
    const { store, path } = await strangerAt('/login?redirect=/orders/1', {
      backend: { login: () => Promise.reject(new Error('401')) },
    })

    await store.login({}).catch(() => {})

    expect(path).toEqual([])
  })

  it('that only hands tokens over stays', async () => {
    const { store, path } = await strangerAt('/login?redirect=/orders/1')

    await store.setTokens(firstPair)
    await turns(50)

    expect(path).toEqual([])
  })
})

describe('the places of an application', () => {
  it('may have other paths and another parameter', async () => {
    const routes = [
      { path: '/sign-in/:realm', name: 'sign-in', component: page },
      { path: '/home', component: page },
    ]
    const { expire, store, router, at } = await visitorAt(
      '/orders/1',
      {
        loginRoute: { name: 'sign-in', params: { realm: 'main' }, query: { theme: 'dark' }, hash: '#form' },
        homeRoute: '/home',
        redirectQuery: 'next',
      },
      routes,
    )

    await expire()
    await turns(50)
    expect(at()).toBe('/sign-in/main?theme=dark&next=/orders/1#form')
    await router.replace({ name: 'sign-in', params: { realm: 'main' } })
    await store.login({})

    expect(at()).toBe('/home')
  })

  it('may be reached by an alias, or by a redirect of the router', async () => {
    const routes = [
      { path: '/in', redirect: '/gate' },
      { path: '/gate', component: page },
    ]
    const { expire, at, path } = await visitorAt('/orders/1', { loginRoute: '/in' }, routes)

    await expire()
    await turns(50)
    expect(at()).toBe('/gate?redirect=/orders/1')

    path.length = 0
    await expire()
    await turns(50)
    expect(path).toEqual([])
  })

  it('are told where the router does not know them, and undo nothing', async () => {
    const { expire, store, errors } = await visitorAt('/orders/1', {
      loginRoute: { name: 'nowhere' },
      homeRoute: { name: 'nowhere' },
    })

    const unhandled = await unhandledRejections(async () => {
      await expire()
      await turns(50)
    })
    expect(unhandled).toEqual([])
    expect(errors.length).toBeGreaterThan(0)
    expect(store.status).toBe('expired')

    await store.login({})
    await store.logout()
    expect(store.status).toBe('anonymous')
  })

  it('are told where a guard of the application throws, and undo nothing', async () => {
    const { expire, router, store, errors } = await visitorAt('/orders/1')
    router.onError(() => {})
    router.beforeEach(() => {
      throw new Error('boom')
    })

    const unhandled = await unhandledRejections(async () => {
      await expire()
      await turns(50)
    })

    expect(unhandled).toEqual([])
    expect(errors).toEqual([new Error('boom')])
    expect(store.status).toBe('expired')
  })
})

describe('a router whose application is unmounted', () => {
  it('is guarded no more', async () => {
    const { app, router, store, at } = await visitorAt('/', {}, [
      { path: '/secret', component: page, meta: { auth: true } },
    ])
    await store.logout()
    await router.push('/secret')
    expect(at()).toBe('/login?redirect=/secret')

    app.unmount()
    await router.push('/secret')

    expect(at()).toBe('/secret')
  })
})
