// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { beforeEach, describe, expect, test } from 'vitest'
import { createMemoryHistory, createWebHashHistory, createWebHistory } from 'vue-router'
import { clientOf } from '../../support/client-of.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { failure } from '../../support/outcomes.ts'
import type { StrictServer } from '../../support/strict-server.ts'
import { type Layout, type Visitor, arrive, calm, page, withRoutes } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

const HISTORIES: Array<[string, () => NonNullable<Layout['history']>]> = [
  ['memory history', () => createMemoryHistory()],
  ['web history', () => createWebHistory()],
  ['hash history', () => createWebHashHistory()],
]

beforeEach(() => {
  history.replaceState(null, '', '/')
  localStorage.clear()
})

async function expire(server: StrictServer, { auth }: Visitor): Promise<void> {
  server.expire()
  server.refusing = true
  await failure(auth.http.get('/items/1'))
  await calm()
}

/** A page that is there once, and gone (a new release) when it is asked for again. */
function vanishing(auth?: boolean) {
  let isGone = false
  const route = {
    path: '/gone',
    component: page,
    meta: auth === undefined ? {} : { auth },
    beforeEnter: () => {
      if (isGone) throw new Error('no such chunk')
    },
  }
  return { route, vanish: () => (isGone = true) }
}

describe.each(HISTORIES)('finding 38, with %s: a page that is gone', (_name, create) => {
  /** Signed in, with a page in the history that is gone by now. */
  async function before(auth?: boolean) {
    const server = await startServer()
    const { route, vanish } = vanishing(auth)
    const visitor = await arrive('/open', clientOf(server), { history: create(), routes: withRoutes(route) })
    await visitor.store.login({}, { redirect: false })
    await visitor.router.push('/gone')
    await visitor.router.push('/secret/1')
    vanish()
    return { server, visitor }
  }

  const visitsOf = ({ seen }: Visitor) => seen.slice(3)

  test.each([undefined, true, false])('and that Back leads to is no return path (auth: %s)', async (auth) => {
    const { server, visitor } = await before(auth)
    visitor.router.onError(() => {})
    visitor.router.back()
    await calm()
    expect(visitor.at()).toBe('/secret/1')

    await expire(server, visitor)

    expect(visitsOf(visitor)).toEqual(['/login?redirect=/secret/1'])
  })

  test.each([undefined, true, false])(
    'and that a link leads to is no return path (auth: %s)',
    async (auth) => {
      const { server, visitor } = await before(auth)
      visitor.router.onError(() => {})
      await failure(visitor.router.push('/gone'))

      await expire(server, visitor)

      expect(visitsOf(visitor)).toEqual(['/login?redirect=/secret/1'])
    },
  )

  test('and that Back leads to does not hold up a logout', async () => {
    const { visitor } = await before(false)
    visitor.router.onError(() => {})
    visitor.router.back()
    await calm()

    await visitor.store.logout()

    expect(visitsOf(visitor)).toEqual(['/login'])
  })

  test('and that Back leads to still shows in the console where the app listens to nothing', async () => {
    const { visitor } = await before()
    expectConsole('warn', /R0010|uncaught error/i)
    expectConsole('error', 'no such chunk')

    visitor.router.back()
    await calm()

    expect(visitor.at()).toBe('/secret/1')
  })

  test('leaves the next navigation alone: it is the one that is come back to', async () => {
    const { server, visitor } = await before(false)
    visitor.router.onError(() => {})
    visitor.router.back()
    await calm()
    await visitor.router.push('/secret/2')

    await expire(server, visitor)

    expect(visitsOf(visitor)).toEqual(['/secret/2', '/login?redirect=/secret/2'])
  })

  test('does not hide the navigation that has overtaken the one to it', async () => {
    const { server, visitor } = await before(false)
    visitor.router.onError(() => {})
    const [late, slow] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    visitor.router.addRoute({ path: '/late', component: () => late.promise.then(() => page) })
    visitor.router.beforeResolve((to) => (to.path === '/secret/3' ? slow.promise : undefined))
    const overtaken = failure(visitor.router.push('/late'))
    await calm()
    const going = visitor.router.push('/secret/3')
    await calm()
    late.reject(new Error('no such chunk'))
    await overtaken

    await expire(server, visitor)
    slow.resolve()
    await going

    expect(visitsOf(visitor)).toEqual(['/login?redirect=/secret/3'])
  })

  test('is no return path where Back is on the way to another page', async () => {
    const { server, visitor } = await before()
    visitor.router.onError(() => {})
    await failure(visitor.router.push('/gone'))
    const slow = Promise.withResolvers<void>()
    const remove = visitor.router.beforeEach((to) => (to.path === '/open' ? slow.promise : undefined))
    visitor.router.go(-2)
    await calm()

    await expire(server, visitor)
    slow.resolve()
    await calm()
    remove()

    expect(visitor.at()).toBe('/login?redirect=/open')
  })
})
