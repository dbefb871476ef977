import { describe, expect, test } from 'vitest'
import { clientOf } from '../../support/client-of.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { gate } from '../../support/gate.ts'
import { failure } from '../../support/outcomes.ts'
import { arrive, calm, enter, page, routes, signedIn, withRoutes } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

// Every path has a page: what is refused below is refused for its form alone.
const home = { path: '/home', component: page, meta: { auth: true } }
const layout = { routes: [...withRoutes(home), { path: '/:rest(.*)*', component: page }] }

/** Opens the login page with a return path, signs in, and tells where that leads. */
async function comeBack(redirect: string | string[] | null, at = layout): Promise<string> {
  const server = await startServer()
  const visitor = await arrive('/public', clientOf(server, { homeRoute: '/home' }), at)
  await visitor.router.push({ path: '/login', query: { redirect } })
  await visitor.store.login({})
  return visitor.at()
}

const TENS_OF_KB = `/${'a'.repeat(10_240)}`

const HOSTILE: Array<[string, string | string[] | null]> = [
  ['another origin', 'https://evil.example'],
  ['another origin, over http', 'http://evil.example/secret'],
  ['another origin, in capitals', 'HTTPS://EVIL.EXAMPLE'],
  ['another origin without slashes', 'https:evil.example'],
  ['another origin with one slash', 'https:/evil.example'],
  ['another origin behind a user name', 'https://localhost@evil.example'],
  ['two slashes', '//evil.example'],
  ['two slashes and nothing else', '//'],
  ['a slash and a backslash', '/\\evil.example'],
  ['a backslash and a slash', '\\/evil.example'],
  ['two backslashes', '\\\\evil.example'],
  ['a backslash further on', '/secret/\\evil.example'],
  ['three slashes', '///evil.example'],
  ['many slashes', '//////evil.example'],
  ['a script', 'javascript:alert(1)'],
  ['a script behind a slash and a line feed', '/\njavascript:alert(1)'],
  ['a script in odd letters', 'JaVaScRiPt:alert(1)'],
  ['a script behind a control character', '\u0001javascript:alert(1)'],
  ['data', 'data:text/html,<script>alert(1)</script>'],
  ['encoded slashes', '%2F%2Fevil.example'],
  ['doubly encoded slashes', '%252F%252Fevil.example'],
  ['a line feed between two slashes', '/\n/evil.example'],
  ['a carriage return between two slashes', '/\r/evil.example'],
  ['a tab between two slashes', '/\t/evil.example'],
  ['a null character between two slashes', '/\0/evil.example'],
  ['a delete character between two slashes', '/\x7f/evil.example'],
  ['a line feed before two slashes', '\n//evil.example'],
  ['a space before two slashes', ' //evil.example'],
  ['dot segments that leave two slashes', '/.//evil.example'],
  ['parent segments that leave two slashes', '/..//evil.example'],
  ['segments that cancel out to two slashes', '/secret/..//evil.example'],
  ['encoded dot segments that leave two slashes', '/%2e//evil.example'],
  ['a relative path', 'secret'],
  ['a relative path with dots', './secret'],
  ['a parent path', '../secret'],
  ['a query alone', '?redirect=//evil.example'],
  ['a hash alone', '#/secret'],
  ['nothing', ''],
  ['a parameter without a value', null],
  ['two of them', ['/secret', '/secret']],
  ['two of them, one hostile', ['/secret', '//evil.example']],
  ['ten kilobytes', TENS_OF_KB],
]

describe('a return path that is none of this app leads home', () => {
  test.each(HOSTILE)('%s', async (_name, redirect) => {
    expect(await comeBack(redirect)).toBe('/home')
  })

  // As it is typed into the address bar, and so decoded once by the router.
  test.each([
    '/login?redirect=%2F%2Fevil.example',
    '/login?redirect=%2F%5Cevil.example',
    '/login?redirect=%2F%0A%2Fevil.example',
    '/login?redirect=/%0D%0A/evil.example',
    '/login?redirect=%252F%252Fevil.example',
    '/login?redirect=https:%2F%2Fevil.example',
    '/login?redirect=javascript:alert(document.domain)',
    '/login?redirect=/secret&redirect=//evil.example',
    '/login?redirect[]=/secret',
    '/login?redirect',
  ])('%s', async (url) => {
    const server = await startServer()
    const visitor = await arrive(url, clientOf(server, { homeRoute: '/home' }), layout)

    await visitor.store.login({})

    expect(visitor.at()).toBe('/home')
  })

  test('a path without a page', async () => {
    expectConsole('warn', /R0004.*No match found/) // vue-router tells the developer

    expect(await comeBack('/no/such/page', { routes: withRoutes(home) })).toBe('/home')
  })

  test.each(['/login', '/login?redirect=/secret', '/register'])('the way in itself: %s', async (path) => {
    const register = { path: '/register', component: page, meta: { auth: 'guest' as const } }
    expect(await comeBack(path, { routes: [register, ...layout.routes] })).toBe('/home')
  })

  test('also for somebody who is signed in already', async () => {
    const visitor = await signedIn(await startServer(), '/public', { homeRoute: '/home' }, layout)

    for (const redirect of [
      '//evil.example',
      '/\\evil.example',
      '/.//evil.example',
      'https://evil.example',
    ]) {
      await visitor.router.push({ path: '/login', query: { redirect } })
      expect(visitor.at()).toBe('/home')
      await visitor.router.push('/public')
    }
  })
})

describe('a return path of this app is followed', () => {
  test.each([
    '/',
    '/secret',
    '/secret/7?x=1&x=2#total',
    '/secret/a%20b%2Fc',
    '/secret/%C3%BC',
    '/secret?next=https://other.example//x',
    '/secret#//x',
    '/secret?q=a+b',
  ])('%s', async (path) => {
    expect(await comeBack(path, { routes })).toBe(path)
  })

  test.each(['/secret?q=a b', '/secret/a b', '/secret?q=ü', '/secret#a b'])(
    'also where the app has pushed it without encoding: %s',
    async (target) => {
      const server = await startServer()
      const visitor = await arrive('/public', clientOf(server))
      await visitor.router.push(target)
      expect(visitor.router.currentRoute.value.path).toBe('/login')

      await visitor.store.login({})

      const { params, query, hash } = visitor.router.currentRoute.value
      const expected = visitor.router.resolve(target)
      expect({ params, query, hash }).toEqual({
        params: expected.params,
        query: expected.query,
        hash: expected.hash,
      })
    },
  )

  test('to a route that is lazy', async () => {
    const lazy = { path: '/lazy/:id', component: async () => page, meta: { auth: true } }
    expect(await comeBack('/lazy/7', { routes: withRoutes(lazy) })).toBe('/lazy/7')
  })

  test('to the page of a catch-all route', async () => {
    expect(await comeBack('/no/such/page')).toBe('/no/such/page')
  })

  test('under the name that `redirectQuery` gives it', async () => {
    const server = await startServer()
    const visitor = await arrive('/secret/7', clientOf(server, { redirectQuery: 'next' }))
    expect(visitor.at()).toBe('/login?next=/secret/7')

    await visitor.store.login({})

    expect(visitor.at()).toBe('/secret/7')
  })

  test('and not under another name', async () => {
    const server = await startServer()
    const options = clientOf(server, { redirectQuery: 'next', homeRoute: '/open' })
    const visitor = await arrive('/login?redirect=/secret', options)

    await visitor.store.login({})

    expect(visitor.at()).toBe('/open')
  })

  test('in the place of the login page', async () => {
    const server = await startServer()
    const visitor = await arrive('/public', clientOf(server))
    await visitor.router.push('/secret')
    await visitor.store.login({})

    expect(visitor.seen).toEqual(['/public', '/login?redirect=/secret', '/secret'])
    expect(await visitor.back()).toBe('/public')
  })
})

describe('after a login', () => {
  test('a guest page is left for `homeRoute`', async () => {
    const server = await startServer()
    const register = { path: '/register', component: page, meta: { auth: 'guest' as const } }
    const visitor = await arrive(
      '/register',
      clientOf(server, { homeRoute: { name: 'item', params: { id: 1 } } }),
      {
        routes: withRoutes(register),
      },
    )

    await visitor.store.login({})

    expect(visitor.at()).toBe('/secret/1')
  })

  test('any other page stays', async () => {
    const server = await startServer()
    const visitor = await arrive('/open?x=1', clientOf(server))

    await visitor.store.login({})

    expect(visitor.seen).toEqual(['/open?x=1'])
  })

  test('`redirect` leads elsewhere, whatever the return path', async () => {
    const server = await startServer()
    const visitor = await arrive('/login?redirect=/secret', clientOf(server))

    await visitor.store.login({}, { redirect: { name: 'item', params: { id: 9 } } })

    expect(visitor.at()).toBe('/secret/9')
  })

  test('`redirect: false` stays', async () => {
    const server = await startServer()
    const visitor = await arrive('/login?redirect=/secret', clientOf(server))

    await visitor.store.login({}, { redirect: false })

    expect(visitor.seen).toEqual(['/login?redirect=/secret'])
    expect(visitor.store.isAuthenticated).toBe(true)
  })

  test('`setTokens` leads nowhere', async () => {
    const server = await startServer()
    const visitor = await arrive('/login?redirect=/secret', clientOf(server))

    await visitor.store.setTokens(server.grant())

    expect(visitor.seen).toEqual(['/login?redirect=/secret'])
  })

  test('a page that this user may not see leads home, for nobody can stay at the login page', async () => {
    const server = await startServer()
    const ruled = { path: '/ruled', component: page, meta: { auth: () => false } }
    const visitor = await arrive('/ruled', clientOf(server, { homeRoute: '/open' }), {
      routes: withRoutes(ruled),
    })
    expect(visitor.at()).toBe('/login?redirect=/ruled')

    await visitor.store.login({})

    expect(visitor.at()).toBe('/open')
  })

  test('while the login page is still being opened, it is not opened any more', async () => {
    const server = await startServer()
    const loading = gate()
    const login = {
      path: '/login',
      component: () => loading.passed.then(() => page),
      meta: { auth: 'guest' as const },
    }
    const visitor = enter('/login?redirect=/secret/7', clientOf(server), {
      routes: [login, ...layout.routes],
    })
    await calm()

    await visitor.store.login({})
    loading.open()
    await visitor.arrival
    await calm()

    expect(visitor.seen).toEqual(['/secret/7'])
  })

  test('a navigation away from the login page that has failed does not keep the visitor there', async () => {
    const server = await startServer()
    const broken = { path: '/help', component: () => Promise.reject(new Error('no such chunk')) }
    const layoutWithHelp = { routes: withRoutes(broken) }
    const visitor = await arrive('/login?redirect=/secret', clientOf(server), layoutWithHelp)
    visitor.router.onError(() => {})
    await failure(visitor.router.push('/help'))

    await visitor.store.login({})

    expect(visitor.at()).toBe('/secret')
  })

  test('a login that fails leads nowhere, and leaves the return path for the next', async () => {
    const server = await startServer()
    const visitor = await arrive('/secret', clientOf(server, { refreshTimeout: 1000 }))
    await server.stop()

    await expect(visitor.store.login({})).rejects.toMatchObject({ code: 'ECONNREFUSED' })

    expect(visitor.seen).toEqual(['/login?redirect=/secret'])
    expect(visitor.store.status).toBe('anonymous')
  })
})
