import axios, { type AxiosInstance } from 'axios'
import { createPinia } from 'pinia'
import { describe, expect, onTestFinished, test } from 'vitest'
import { h } from 'vue'
import { type AuthAxiosOptions, createAuthAxios, httpBackend } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { emptyApp } from '../../support/empty-app.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

/** Twice: what went wrong the first time must not be found half-made the second. */
function everyTime(action: () => unknown, message: string | RegExp): void {
  for (const _time of [1, 2]) expect(action).toThrow(message)
}

describe('finding 33: what is no use is refused, with what to write instead', () => {
  const auth = () => createAuthAxios()

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['an object', {}],
    ['settings', { baseURL: '/api' }],
    ['a function', () => {}],
    ['the class', axios.Axios],
    ['half of an instance', { interceptors: axios.interceptors, defaults: axios.defaults }],
  ])('attach() of %s', (_, value) => {
    everyTime(
      () => auth().attach(value as AxiosInstance),
      'axios.create({ baseURL: "https://api.example.com" })',
    )
  })

  test('an adopted function that is no instance', () => {
    everyTime(() => createAuthAxios({ axios: (() => {}) as never }), 'This is no axios instance')
  })

  test.each([
    ['no refresh', {}],
    ['a refresh that is no function', { refresh: '/auth/refresh' }],
  ])('a backend with %s', (_, backend) => {
    everyTime(
      () => createAuthAxios({ backend: backend as never }),
      'httpBackend({ login, refresh, logout, user })',
    )
  })

  test.each(['localStorage', 'cookie', '', {}, { getItem: () => null }, 7])('the storage %j', (storage) => {
    const app = emptyApp().use(createPinia())

    everyTime(
      () => app.use(createAuthAxios({ storage: storage as never })),
      /`storage` takes 'local', 'session', 'memory' or an object with getItem/,
    )
  })

  test.each(['api.example.com', '//api.example.com', '/api', 'localhost:3000', ''])(
    'attachTo with %j, which has no scheme',
    (origin) => {
      everyTime(() => createAuthAxios({ attachTo: [origin] }), 'attachTo takes origins such as "https://')
    },
  )

  test('a session of cookies that nothing tells whether it is alive', () => {
    everyTime(() => httpBackend({ cookie: 'session', refresh: false }), 'httpBackend({ user: "/me", … })')
  })
})

describe('finding 16: an instance belongs to one live installation', () => {
  test('on a server that renders for one after the other, where no application is ever unmounted', async () => {
    const server = await startServer()
    const shared = axios.create({ baseURL: server.url, adapter: 'http' })
    const alice = await signIn(server, { axios: shared })

    for (let render = 0; render < 2_000; render++) {
      const app = emptyApp().use(createPinia())
      expect(() => app.use(createAuthAxios({ axios: shared }))).toThrow(
        'belongs to another installation, whose session would be sent for this one',
      )
    }

    // The first one goes on, once, and nobody else's requests can go by it.
    expect((await alice.http.get('/items/1')).data).toEqual({ path: '/items/1', session: 1 })
    expect(shared.interceptors.request.handlers?.filter(Boolean)).toHaveLength(1)
  })

  test('nor may it be attached to a second identity, before its install or after', async () => {
    const server = await startServer()
    const admin = await signIn(server, clientOf(server))

    expect(() => createAuthAxios({ id: 'user' }).attach(admin.http)).toThrow('Make one for each')
    const user = visit(server, clientOf(server, { id: 'user' }))
    expect(() => user.auth.attach(admin.http)).toThrow('Make one for each')
    await user.store.ready()
    await user.store.setTokens(server.grant())
    await user.store.logout({ redirect: false })

    expect((await admin.http.get('/items/1')).data).toMatchObject({ session: 1 })
    await expect(user.http.get('/items/1')).rejects.toMatchObject({ response: { status: 401 } })
    expect(server.to('/items').at(-1)?.authorization).toBeUndefined()
  })

  test('until that is unmounted', async () => {
    const server = await startServer()
    const shared = axios.create({ baseURL: server.url, adapter: 'http' })
    const first = await signIn(server, { axios: shared })
    first.app.unmount()

    const second = await signIn(server, { axios: shared })

    expect((await second.http.get('/items/1')).data).toMatchObject({ session: 2 })
  })
})

describe('finding 34: an install that fails leaves nothing behind, and can be tried again', () => {
  const options = async (): Promise<{ options: AuthAxiosOptions; grant: () => object }> => {
    const server = await startServer()
    return { options: clientOf(server), grant: () => server.grant() }
  }

  async function works(auth: ReturnType<typeof createAuthAxios>, grant: () => object): Promise<void> {
    const store = auth.useStore()
    await store.ready()
    await store.setTokens(grant() as Record<string, unknown>)
    expect((await auth.http.get('/items/1')).data).toEqual({ path: '/items/1', session: 1 })
    expect(auth.http.interceptors.request.handlers?.filter(Boolean)).toHaveLength(1)
  }

  test('without Pinia, then with it, in the same application', async () => {
    const { options: settings, grant } = await options()
    const auth = createAuthAxios(settings)
    const app = emptyApp()
    everyTime(() => auth.install(app), 'Call app.use(createPinia()) before it')

    app.use(createPinia())
    auth.install(app)
    app.mount({})
    onTestFinished(() => app.unmount())

    await works(auth, grant)
  })

  test('where its id is taken, then in another application', async () => {
    const { options: settings, grant } = await options()
    const taken = emptyApp().use(createPinia()).use(createAuthAxios())
    const auth = createAuthAxios(settings)
    everyTime(() => auth.install(taken), /already/)

    const app = emptyApp().use(createPinia())
    auth.install(app)
    app.mount({})
    onTestFinished(() => app.unmount())

    await works(auth, grant)
  })

  test('where the application cannot be mounted, then where it can', async () => {
    const { options: settings, grant } = await options()
    const auth = createAuthAxios(settings)
    let isBroken = true
    const app = emptyApp({
      render() {
        if (isBroken) throw new Error('The first page is broken.')
        return h('p')
      },
    })
    app.use(createPinia())
    app.config.throwUnhandledErrorInProduction = true
    app.config.warnHandler = () => {}
    app.use(auth)
    everyTime(() => app.mount({}), 'The first page is broken.')

    isBroken = false
    app.mount({})
    onTestFinished(() => app.unmount())

    await works(auth, grant)
  })
})
