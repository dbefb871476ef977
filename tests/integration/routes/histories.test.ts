// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createMemoryHistory, createWebHashHistory, createWebHistory } from 'vue-router'
import { clientOf } from '../../support/client-of.ts'
import { failure } from '../../support/outcomes.ts'
import { storedSession } from '../../support/stored-session.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { type Visitor, arrive, calm, page, settles, signedIn, withRoutes } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

/** Each with what the address bar shows of a path. */
const HISTORIES = [
  { name: 'web history', create: () => createWebHistory(), shown: (path: string) => path },
  {
    name: 'web history with a base',
    create: () => createWebHistory('/app/v2/'),
    shown: (path: string) => `/app/v2${path}`,
  },
  { name: 'hash history', create: () => createWebHashHistory(), shown: (path: string) => `/#${path}` },
  {
    name: 'hash history with a base',
    create: () => createWebHashHistory('/app/v2/'),
    shown: (path: string) => `/app/v2/#${path}`,
  },
  { name: 'memory history', create: () => createMemoryHistory('/app/v2/'), shown: () => '/' },
]

/** What the address bar shows, behind the origin. */
const address = () => decodeURIComponent(location.href.slice(location.origin.length))

async function expire(server: StrictServer, { auth }: Visitor): Promise<void> {
  server.expire()
  server.refusing = true
  await Promise.all(Array.from({ length: 10 }, () => failure(auth.http.get('/items/1'))))
  await calm()
}

describe.each(HISTORIES)('$name', ({ create, shown }) => {
  beforeEach(() => {
    // The server has answered with the app's page, and so below its base.
    history.replaceState(null, '', shown('/').split('#')[0])
    localStorage.clear()
  })

  test('leads a visitor from a guarded page to the login page, and back', async () => {
    const server = await startServer()
    const visitor = await arrive('/secret/7?x=1', clientOf(server), { history: create() })
    expect(visitor.router.currentRoute.value.query).toEqual({ redirect: '/secret/7?x=1' })
    expect(visitor.router.currentRoute.value.path).toBe('/login')
    expect(address()).toBe(shown('/login?redirect=/secret/7?x=1'))

    await visitor.store.login({})

    expect(visitor.seen.slice(1)).toEqual(['/secret/7?x=1'])
    expect(address()).toBe(shown('/secret/7?x=1'))
  })

  test('keeps the page before the guarded one in the history', async () => {
    const visitor = await arrive('/public', {}, { history: create() })
    await visitor.router.push('/secret')
    expect(visitor.router.currentRoute.value.path).toBe('/login')

    expect(await visitor.back()).toBe('/public')
    expect(address()).toBe(shown('/public'))
    expect(await visitor.back(1)).toBe('/login?redirect=/secret')
  })

  test('does not bounce when Back is pressed after a session has ended', async () => {
    const server = await startServer()
    const visitor = await signedIn(server, '/public', {}, { history: create() })
    await visitor.router.push('/secret/7?x=1')
    await expire(server, visitor)
    expect(visitor.seen).toHaveLength(3)
    expect(visitor.router.currentRoute.value.path).toBe('/login')

    expect(await visitor.back()).toBe('/public')
    expect(address()).toBe(shown('/public'))
  })

  test('does not bounce when the page before is guarded as well', async () => {
    const server = await startServer()
    const visitor = await signedIn(server, '/public', {}, { history: create() })
    await visitor.router.push('/secret/1')
    await visitor.router.push('/secret/2')
    await expire(server, visitor)

    expect(await visitor.back()).toBe('/login?redirect=/secret/1')
    expect(await visitor.back()).toBe('/public')
    expect(address()).toBe(shown('/public'))
  })

  test('does not bounce between the login page and the page after it', async () => {
    const server = await startServer()
    const visitor = await arrive('/public', clientOf(server), { history: create() })
    await visitor.router.push('/secret')
    await visitor.store.login({})

    expect(await visitor.back()).toBe('/public')
    expect(await visitor.back(1)).toBe('/secret')
  })

  test('brings Back to a page that refuses by a function to nothing', async () => {
    let allowed = true
    const ruled = { path: '/ruled', component: page, meta: { auth: () => allowed } }
    const visitor = await signedIn(
      await startServer(),
      '/public',
      {},
      { history: create(), routes: withRoutes(ruled) },
    )
    await visitor.router.push('/ruled')
    await visitor.router.push('/open')
    allowed = false

    await settles(visitor.router, () => visitor.router.back())
    await calm()

    expect(visitor.at()).toBe('/open')
    expect(address()).toBe(shown('/open'))
    expect(visitor.router.options.history.location).toBe('/open')
  })

  test('takes Back to a page that refuses now to `forbiddenRoute`, and the next Back on', async () => {
    let allowed = true
    const ruled = { path: '/ruled', component: page, meta: { auth: () => allowed } }
    const layout = { history: create(), routes: withRoutes(ruled, { path: '/no', component: page }) }
    const visitor = await signedIn(await startServer(), '/public', { forbiddenRoute: '/no' }, layout)
    await visitor.router.push('/ruled')
    await visitor.router.push('/open')
    allowed = false

    expect(await visitor.back()).toBe('/no')
    expect(await visitor.back()).toBe('/public')
    expect(address()).toBe(shown('/public'))
  })

  test('takes Back to the login page home, once somebody is signed in, and the next Back on', async () => {
    const server = await startServer()
    const visitor = await arrive('/public', clientOf(server), { history: create() })
    await visitor.router.push('/login')
    await visitor.store.login({}, { redirect: false })
    await visitor.router.push('/secret')

    expect(await visitor.back()).toBe('/')
    expect(await visitor.back()).toBe('/public')
    expect(address()).toBe(shown('/public'))
  })

  test('leads a visitor who comes back with a session past the login page', async () => {
    const server = await startServer()
    const storage = await storedSession(server)

    const visitor = await arrive('/login?redirect=%2Fsecret%2F7%3Fx%3D1', clientOf(server, { storage }), {
      history: create(),
    })

    expect(visitor.seen).toEqual(['/secret/7?x=1'])
    expect(address()).toBe(shown('/secret/7?x=1'))
  })

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example', '#/secret'])(
    'never leaves the origin for the return path %s',
    async (redirect) => {
      const server = await startServer()
      const visitor = await arrive('/public', clientOf(server), { history: create() })
      await visitor.router.push({ path: '/login', query: { redirect } })
      await visitor.store.login({})

      expect(visitor.at()).toBe('/')
      expect(address()).toBe(shown('/'))
    },
  )
})

test('a session ends with the address bar at the login page, and the history no longer than before', async () => {
  history.replaceState(null, '', '/')
  const server = await startServer()
  const visitor = await signedIn(server, '/public', {}, { history: createWebHistory() })
  await visitor.router.push('/secret')
  const { length } = history

  await expire(server, visitor)

  expect(location.pathname + location.search).toBe('/login?redirect=/secret')
  expect(history.length).toBe(length)
})

test('a session that could not be resumed is asked for once more by a guarded navigation, redirects and all', async () => {
  const refresh = vi.fn(() => Promise.reject(new Error('no network')))
  const visitor = await arrive('/public', { backend: { resumable: true, refresh } })
  await visitor.store.ready()
  expect(refresh).toHaveBeenCalledOnce()

  await visitor.router.push('/secret')

  expect(visitor.at()).toBe('/login?redirect=/secret')
  expect(refresh).toHaveBeenCalledTimes(2)
})
