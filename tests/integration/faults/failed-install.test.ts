import { createPinia } from 'pinia'
import { describe, expect, test, vi } from 'vitest'
import type { App } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { httpBackend } from '../../../src/index.ts'
import { createIn } from '../../../src/plugin.ts'
import { emptyApp } from '../../support/empty-app.ts'
import { expectConsole } from '../../support/expect-console.ts'
import { elapse } from '../../support/fake-time.ts'
import type { OpenTab } from '../../support/simulated/browser.ts'
import { NEWS, inTime, useWorld } from '../../support/simulated/use-world.ts'
import type { Keeper, TabWorld } from '../../support/simulated/world.ts'

const keepers: Keeper[] = ['local', 'session', 'cookie']

/** What goes wrong once, on the way into an application. */
const faults: Array<[what: string, breakOnce: (app: App<object>) => void]> = [
  [
    'a plugin of Pinia throws while the store is made',
    (app) => {
      const plugin = vi.fn().mockImplementationOnce(() => {
        throw new Error('A plugin is broken.')
      })
      app.config.globalProperties.$pinia.use(plugin)
    },
  ],
  [
    'the router refuses a guard',
    (app) => {
      const router = createRouter({ history: createMemoryHistory(), routes: [] })
      vi.spyOn(router, 'beforeEach').mockImplementationOnce(() => {
        throw new Error('A router is broken.')
      })
      Object.assign(app.config.globalProperties, { $router: router })
    },
  ],
]

function authIn(world: TabWorld, { around, tab }: OpenTab) {
  return createIn(around, {
    axios: { adapter: world.network.adapter(tab), baseURL: 'https://api.test' },
    backend: httpBackend({ cookie: world.keeper === 'cookie' }),
    ...(world.keeper === 'session' && { storage: 'session' }),
  })
}

const leftBy = ({ browser }: TabWorld, { tab }: OpenTab) => ({
  listeners: tab.listeners,
  locks: browser.locks.of(tab),
  timers: vi.getTimerCount(),
})

const nothing = { listeners: 0, locks: [], timers: 0 }

describe.each(keepers)('finding 34: an install that fails (%s)', (keeper) => {
  test.each(faults)('where %s leaves nothing behind, and can be tried again', async (_what, breakOnce) => {
    const world = useWorld({ keeper })
    const page = world.browser.open()
    const auth = authIn(world, page)
    const app = emptyApp().use(createPinia())
    breakOnce(app)

    expect(() => app.use({ install: (target) => auth.install(target) })).toThrow(/is broken/)
    await elapse(60_000)
    expect(leftBy(world, page)).toEqual(nothing)
    expect(world.network.exchanges, 'nothing is asked for').toEqual([])

    app.use({ install: (target) => auth.install(target) })
    app.mount({})
    await elapse(NEWS)
    await inTime(auth.useStore().setTokens(world.server.grant('ada')))
    expect((await inTime(auth.http.get('/items'))).status).toBe(200)
    app.unmount()
    await elapse(60_000)
    expect(leftBy(world, page)).toEqual(nothing)
  })
})

test('finding 34: a mount that fails leaves nothing behind, and can be tried again', async () => {
  const world = useWorld()
  const page = world.browser.open()
  const auth = authIn(world, page)
  const setup = vi.fn().mockImplementationOnce(() => {
    throw new Error('A component is broken.')
  })
  const app = emptyApp({ setup, render: () => null })
    .use(createPinia())
    .use(auth)

  expect(() => app.mount({})).toThrow(/is broken/)
  expectConsole('warn', 'Unhandled error during execution of setup function')
  await elapse(60_000)
  expect(leftBy(world, page)).toEqual(nothing)

  app.mount({})
  await inTime(auth.useStore().setTokens(world.server.grant('ada')))
  expect((await inTime(auth.http.get('/items'))).status).toBe(200)
  app.unmount()
})
