import { describe, expect, test, vi } from 'vitest'
import { NavigationFailureType, type RouteRecordRaw, isNavigationFailure } from 'vue-router'
import { clientOf } from '../../support/client-of.ts'
import { failure } from '../../support/outcomes.ts'
import { storedSession } from '../../support/stored-session.ts'
import { arrive, calm, page, signedIn, withRoutes } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

/** A route whose rule changes its mind. */
function ruled(path = '/ruled') {
  const rule = { allows: true, auth: () => rule.allows }
  const route: RouteRecordRaw = { path, alias: '/alias', component: page, meta: { auth: () => rule.auth() } }
  return { rule, route }
}

describe('finding 37: `forbiddenRoute`', () => {
  const forbiddenRoute = '/forbidden'
  const routes = withRoutes(
    { path: '/forbidden', component: page },
    { path: '/ruled', component: page, meta: { auth: () => false } },
  )

  test('is no return path after a session that has expired there', async () => {
    const server = await startServer()
    const visitor = await signedIn(server, '/public', { forbiddenRoute }, { routes })
    await visitor.router.push('/ruled')
    expect(visitor.at()).toBe('/forbidden')
    server.expire()
    server.refusing = true

    await failure(visitor.auth.http.get('/items/1'))
    await calm()

    expect(visitor.at()).toBe('/login')
  })

  test('is none after a logout there either: the next to sign in comes home', async () => {
    const visitor = await signedIn(await startServer(), '/public', { forbiddenRoute }, { routes })
    await visitor.router.push('/ruled')
    await visitor.store.logout()

    await visitor.store.login({})

    expect(visitor.at()).toBe('/')
  })

  test.each(['/forbidden', '/forbidden/', '/Forbidden?x=1'])(
    'is not followed as a return path: %s',
    async (redirect) => {
      const server = await startServer()
      const visitor = await arrive('/login', clientOf(server, { forbiddenRoute }), { routes })
      await visitor.router.push({ path: '/login', query: { redirect } })

      await visitor.store.login({})

      expect(visitor.at()).toBe('/')
    },
  )

  test('is none where it asks for a session itself', async () => {
    const strict = withRoutes({ path: '/forbidden', component: page, meta: { auth: true } })
    const visitor = await arrive('/forbidden', { forbiddenRoute }, { routes: strict })

    expect(visitor.at()).toBe('/login')
  })
})

describe('finding 41: a page that refuses', () => {
  const onPage = async (options = {}) => {
    const { rule, route } = ruled()
    const routes = withRoutes(route, { path: '/forbidden', component: page })
    const visitor = await signedIn(
      await startServer(),
      '/public',
      { homeRoute: '/open', ...options },
      { routes },
    )
    await visitor.router.push('/ruled')
    expect(visitor.at()).toBe('/ruled')
    rule.allows = false
    return { ...visitor, rule }
  }

  test.each([
    ['by force', { path: '/ruled', force: true }],
    ['with another query', '/ruled?x=1'],
    ['by force, with a trailing slash', { path: '/ruled/', force: true }],
    ['by force, by its alias', { path: '/alias', force: true }],
  ])('is left for home when it is navigated to once more, %s', async (_how, to) => {
    const visitor = await onPage()

    await visitor.router.replace(to)

    expect(visitor.at()).toBe('/open')
  })

  test('is left for `forbiddenRoute`, where there is one', async () => {
    const visitor = await onPage({ forbiddenRoute: '/forbidden' })

    await visitor.router.replace({ path: '/ruled', force: true })

    expect(visitor.at()).toBe('/forbidden')
  })

  test('is not shown where the app replaces its first page by force before any guard was there (Nuxt does)', async () => {
    const server = await startServer()
    const { rule, route } = ruled()
    rule.allows = false
    const storage = await storedSession(server)
    // The router has been there before the library is installed.
    const visitor = await arrive('/ruled', (router) => clientOf(server, { storage, router }), {
      routes: withRoutes(route),
      plugins: (_router, auth) => [auth],
    })

    await visitor.router.replace({ ...visitor.router.resolve('/ruled'), force: true } as never)

    expect(visitor.at()).toBe('/')
  })

  test('leaves visitors of another page where they are', async () => {
    const visitor = await onPage()
    await visitor.router.push('/secret')

    const result = await visitor.router.push('/ruled')

    expect(isNavigationFailure(result, NavigationFailureType.aborted)).toBe(true)
    expect(visitor.at()).toBe('/secret')
  })
})

describe('finding 20: a function in `meta.auth` that takes its time', () => {
  const withRule = (auth: () => unknown) => ({
    routes: withRoutes({ path: '/ruled', component: page, meta: { auth: auth as () => Promise<boolean> } }),
  })

  test('lets in whom it resolves with `true` for', async () => {
    const visitor = await signedIn(
      await startServer(),
      '/public',
      {},
      withRule(async () => true),
    )

    await visitor.router.push('/ruled')

    expect(visitor.at()).toBe('/ruled')
  })

  test.each([false, undefined, null, 1, 'yes', {}, '/open'])('lets nobody in for %j', async (answer) => {
    for (const rule of [() => answer, async () => answer]) {
      const visitor = await signedIn(await startServer(), '/public', {}, withRule(rule))

      await visitor.router.push('/ruled')

      expect(visitor.seen).toEqual(['/public'])
    }
  })

  test('rejects the navigation where it rejects', async () => {
    const broken = () => Promise.reject(new Error('no such role'))
    const visitor = await signedIn(await startServer(), '/public', {}, withRule(broken))
    visitor.router.onError(() => {})

    expect(await failure(visitor.router.push('/ruled'))).toMatchObject({ message: 'no such role' })
    expect(visitor.seen).toEqual(['/public'])
  })

  test.each(['resolves', 'rejects'])(
    'lets nobody in whose session is over by the time it %s',
    async (how) => {
      const answer = Promise.withResolvers<boolean>()
      const visitor = await signedIn(
        await startServer(),
        '/public',
        {},
        withRule(() => answer.promise),
      )
      const going = visitor.router.push('/ruled')
      await calm()

      await visitor.store.logout({ redirect: false })
      if (how === 'resolves') answer.resolve(true)
      else answer.reject(new Error('Unauthorized'))
      await going

      expect(visitor.seen).toEqual(['/public', '/login?redirect=/ruled'])
    },
  )

  test('is asked anew where somebody else has signed in meanwhile', async () => {
    const server = await startServer()
    const answers = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()] as const
    const rule = vi.fn(() => answers[rule.mock.calls.length - 1]?.promise)
    const visitor = await signedIn(server, '/public', {}, withRule(rule))
    const going = visitor.router.push('/ruled')
    await calm()

    await visitor.store.setTokens(server.grant())
    answers[0].resolve(true)
    await calm()
    expect(rule).toHaveBeenCalledTimes(2)
    answers[1].resolve(false)
    await going

    expect(visitor.seen).toEqual(['/public'])
  })
})
