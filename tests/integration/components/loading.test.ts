// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { HttpResponse, http } from 'msw'
import { beforeEach, describe, expect, test } from 'vitest'
import { httpBackend } from '../../../src/index.ts'
import { gate } from '../../support/gate.ts'
import { type MountSettings, type MountedApp, mountApp } from '../../support/mounted-app.ts'
import { ORIGIN, useMswApi } from '../../support/msw-api.ts'
import { times } from '../../support/outcomes.ts'
import { shows } from '../../support/shows.ts'
import { unhandledRejections } from '../../support/unhandled-rejections.ts'
import AsyncPage from './fixtures/AsyncPage.vue'
import ItemCard from './fixtures/ItemCard.vue'
import ItemGrid from './fixtures/ItemGrid.vue'
import SessionBadge from './fixtures/SessionBadge.vue'

const api = useMswApi()

beforeEach(() => localStorage.clear())

/** An earlier visit: who has signed in, and whose token has died since. */
async function visitedBefore(): Promise<void> {
  const { store, unmount } = mountApp(SessionBadge)
  await store.setTokens(api.grant())
  await expect.poll(() => store.user).not.toBeNull()
  unmount()
  api.expire()
  api.seen.length = 0
}

/** Opens a component as somebody who comes back. */
async function comeBack(
  component: Parameters<typeof mountApp>[0],
  settings?: MountSettings,
): Promise<MountedApp> {
  await visitedBefore()
  return mountApp(component, settings)
}

describe('a component that loads with a dead token', () => {
  test('shows its data, after one refresh', async () => {
    const app = await comeBack(ItemCard, { props: { id: 3 } })
    expect(app.text()).toContain('Loading 3')

    await shows(app, 'Item 3')

    expect(api.to('/auth/refresh')).toHaveLength(1)
    expect(api.to('/items/3').map(({ authorization }) => authorization)).toEqual([
      'Bearer AT-1',
      'Bearer AT-2',
    ])
    expect(app.wrapper.find('[role=alert]').exists()).toBe(false)
  })

  test('is one of twelve that do so at once: all show their data, after one refresh', async () => {
    const app = await comeBack(ItemGrid, { props: { count: 12 } })

    await shows(app, 'Item 12')
    for (const id of times(12, (index) => index + 1)) await shows(app, `Item ${id}`)

    expect(app.wrapper.findAll('[role=alert]')).toEqual([])
    expect([api.to('/auth/refresh').length, api.reuses]).toEqual([1, 0])
  })

  test('shows in its own words that the session is over, where the refresh is refused', async () => {
    const app = await comeBack(ItemCard, { props: { id: 3 } })
    api.isRefusing = true

    await shows(app, 'The session is over. Sign in again.')

    expect(app.store.status).toBe('expired')
    expect(api.to('/items')).toHaveLength(1)
  })

  test('can be asked to load again once the server is back', async () => {
    const app = await comeBack(ItemCard, { props: { id: 3 }, auth: { backend: httpBackend() } })
    api.server.use(
      http.post(`${ORIGIN}/api/auth/refresh`, () => HttpResponse.json({}, { status: 500 }), { once: true }),
    )
    await shows(app, 'could not be refreshed')
    expect(app.store.isAuthenticated).toBe(true)

    await expect
      .poll(
        async () => {
          await app.press('Reload')
          return app.text()
        },
        { interval: 100, timeout: 5_000 },
      )
      .toContain('Item 3')
  })
})

describe('a component with an asynchronous setup, in <Suspense>', () => {
  test('shows the fallback while the token is refreshed, then its data', async () => {
    const refresh = gate()
    await visitedBefore()
    api.held.set('/auth/refresh', refresh.passed)
    const app = mountApp(AsyncPage)
    await expect.poll(() => api.to('/auth/refresh')).toHaveLength(1)
    expect(app.text()).toBe('Loading')

    refresh.open()

    await shows(app, 'Item 1 for authenticated')
    expect(api.to('/auth/refresh')).toHaveLength(1)
  })

  test('hands its error to the page around it, where the session is over', async () => {
    api.isRefusing = true
    const app = await comeBack(AsyncPage)

    await shows(app, 'The session is over. Sign in again.')
  })

  test('waits for the stored session instead of asking without it', async () => {
    await visitedBefore()
    const read = gate()
    const storage = {
      getItem: (key: string) => read.passed.then(() => localStorage.getItem(key)),
      setItem: (key: string, value: string) => localStorage.setItem(key, value),
      removeItem: (key: string) => localStorage.removeItem(key),
    }
    const app = mountApp(AsyncPage, { auth: { storage } })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([app.store.status, api.seen]).toEqual(['pending', []])

    read.open()

    await shows(app, 'Item 1 for authenticated')
    expect(api.to('/items').map(({ authorization }) => authorization)).not.toContain(null)
  })
})

describe('a component that is unmounted while its request waits', () => {
  test('leaves the refresh to those that are still there', async () => {
    const refresh = gate()
    await visitedBefore()
    api.held.set('/auth/refresh', refresh.passed)
    const app = mountApp(ItemGrid, { props: { count: 3 } })
    await expect.poll(() => api.to('/auth/refresh')).toHaveLength(1)

    await app.wrapper.setProps({ count: 1 })
    refresh.open()

    await shows(app, 'Item 1')
    expect(app.wrapper.findAll('article')).toHaveLength(1)
    expect(api.to('/auth/refresh')).toHaveLength(1)
  })

  test('takes its application with it: nothing is sent any more, and no rejection is left behind', async () => {
    const refresh = gate()
    await visitedBefore()
    api.held.set('/auth/refresh', refresh.passed)
    const app = mountApp(ItemGrid, { props: { count: 3 } })
    await expect.poll(() => api.to('/auth/refresh')).toHaveLength(1)
    const sent = api.to('/items').length

    const reasons = await unhandledRejections(async () => {
      app.unmount()
      refresh.open()
    })

    expect(reasons).toEqual([])
    expect(api.to('/items')).toHaveLength(sent)
    expect(document.body.textContent).toBe('')
  })
})
