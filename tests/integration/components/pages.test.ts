// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { beforeEach, describe, expect, test } from 'vitest'
import { gate } from '../../support/gate.ts'
import { type RoutedApp, mountApp, mountRouted } from '../../support/mounted-app.ts'
import { useMswApi } from '../../support/msw-api.ts'
import { outcomes, times } from '../../support/outcomes.ts'
import { journey } from '../../support/routes.ts'
import { shows } from '../../support/shows.ts'
import PagesApp from './fixtures/PagesApp.vue'
import { routes } from './fixtures/routes.ts'
import SessionBadge from './fixtures/SessionBadge.vue'

const api = useMswApi()

beforeEach(() => localStorage.clear())

/** Comes to a page as somebody who has signed in during an earlier visit. */
async function comeBack(path: string): Promise<RoutedApp> {
  const { store, unmount } = mountApp(SessionBadge)
  await store.ready()
  await store.login({ username: 'ada', password: 'ada' })
  unmount()
  api.seen.length = 0
  return mountRouted(PagesApp, { routes, path })
}

describe('an application with pages', () => {
  test('shows somebody who comes back the page he asked for, without a detour', async () => {
    const app = await comeBack('/orders/7')

    expect(app.at()).toBe('/orders/7')
    await shows(app, 'Ada Lovelace Sign out Order 7')
    expect(api.seen.map(({ path }) => path)).toEqual(['/auth/me'])
  })

  test('shows the page to somebody whose token has died, after one refresh', async () => {
    const { unmount } = await comeBack('/orders/7')
    unmount()
    api.expire()

    const app = await mountRouted(PagesApp, { routes, path: '/orders/8' })

    await shows(app, 'Ada Lovelace Sign out Order 8')
    expect(api.to('/auth/refresh')).toHaveLength(1)
  })

  test('shows the sign-in page once when the session is over, and the page one came from after signing in', async () => {
    const app = await comeBack('/orders/7?tab=lines#total')
    await shows(app, 'Ada Lovelace')
    const ways = journey(app.router)
    api.expire()
    api.isRefusing = true

    const { errors } = await outcomes(times(10, (index) => app.auth.http.get(`/items/${index}`)))
    await shows(app, /^expired Sign in$/)
    await app.wrapper.get('[name=username]').setValue('ada')
    await app.wrapper.get('[name=password]').setValue('ada')
    api.isRefusing = false
    await app.wrapper.get('form').trigger('submit')
    await shows(app, 'Order 7')

    expect(errors.map((error) => Object(error).code)).toEqual(times(10, () => 'ERR_AUTH_EXPIRED'))
    expect(ways).toEqual(['/login?redirect=/orders/7?tab=lines%23total', '/orders/7?tab=lines#total'])
    expect(app.text()).toBe('authenticated Ada Lovelace Sign out Order 7')
  })

  test('shows nothing of the user once he has signed out and come to the sign-in page', async () => {
    const app = await comeBack('/orders/7')
    await shows(app, 'Ada Lovelace')
    const farewell = gate()
    api.held.set('/auth/logout', farewell.passed)

    const done = app.store.logout()
    await shows(app, /^anonymous Sign in$/)

    expect(app.at()).toBe('/login')
    expect(document.body.innerHTML).not.toMatch(/Ada|Order/)
    farewell.open()
    await done
  })

  test('has its login page for guests alone: who is signed in lands on the home page', async () => {
    const app = await comeBack('/login')

    expect(app.at()).toBe('/')
    await shows(app, 'Ada Lovelace Sign out Home')
  })
})
