import { describe, expect, it } from 'vitest'
import type { RouteLocationNormalized, RouteLocationRaw, RouteRecordRaw } from 'vue-router'
import { type PlaceSettings, placesOf } from '../../../src/router/places.ts'
import { memoryRouter } from '../../support/routes.ts'

const page = { render: () => null }

const routes: RouteRecordRaw[] = [
  { path: '/in', redirect: '/gate' },
  { path: '/gate', component: page, alias: '/door' },
  { path: '/round', redirect: '/about-turn' },
  { path: '/about-turn', redirect: '/round' },
  { path: '/by-function', redirect: () => ({ path: '/gate' }) },
  { path: '/staff', component: page, meta: { auth: true, authId: 'staff' } },
]

const setUp = (settings: Partial<PlaceSettings> = {}) => {
  const router = memoryRouter(routes)
  const places = placesOf(router, {
    id: 'auth',
    loginRoute: '/login',
    homeRoute: '/',
    redirectQuery: 'redirect',
    ...settings,
  })
  const at = (to: RouteLocationRaw) => router.resolve(to) as RouteLocationNormalized
  return { places, router, at }
}

describe('the login page', () => {
  it('is known by its path, whatever its query', () => {
    const { places, at } = setUp()

    expect(places.isLogin(at('/login'))).toBe(true)
    expect(places.isLogin(at('/login?redirect=/orders/1#x'))).toBe(true)
    expect(places.isLogin(at('/about'))).toBe(false)
  })

  it('is known behind the redirects of the router', () => {
    for (const loginRoute of ['/in', '/by-function', '/gate']) {
      expect(setUp({ loginRoute }).places.isLogin(setUp().at('/gate')), loginRoute).toBe(true)
    }
  })

  it('is no trap where the redirects go round in circles', () => {
    const { places, at } = setUp({ loginRoute: '/round' })

    expect(places.isLogin(at('/about'))).toBe(false)
  })

  it('is led to with the way back', () => {
    const { places, router, at } = setUp({
      loginRoute: { path: '/login', query: { theme: 'dark' }, hash: '#form' },
    })

    const to = router.resolve(places.login(at('/orders/1?tab=notes#total')))

    expect(to).toMatchObject({
      path: '/login',
      hash: '#form',
      query: { theme: 'dark', redirect: '/orders/1?tab=notes#total' },
    })
  })
})

describe('the way back', () => {
  it('is the one that a location names', () => {
    const { places, at } = setUp({ redirectQuery: 'next' })

    expect(places.back(at('/login?next=/orders/1'))).toBe('/orders/1')
    expect(places.back(at('/login?redirect=/orders/1'))).toBeNull()
  })

  it.each(['/login', '/login?redirect=/orders/1', '/welcome', '//evil.test', 'https://evil.test'])(
    'is none where it leads to a door again, or away: %s',
    (way) => {
      const { places, at } = setUp()

      expect(places.back(at({ path: '/login', query: { redirect: way } }))).toBeNull()
    },
  )
})

describe('a door', () => {
  it('is the login page, and every page for guests', () => {
    const { places, at } = setUp()

    expect(['/login', '/welcome'].map((path) => places.isDoor(at(path)))).toEqual([true, true])
    expect(['/', '/about', '/orders/1'].map((path) => places.isDoor(at(path)))).toEqual([false, false, false])
  })
})

describe('a route', () => {
  it('is judged by the identity that it names, by `auth` where it names none', () => {
    const [visitors, staff] = [setUp(), setUp({ id: 'staff' })]

    expect(visitors.places.isJudged(visitors.at('/orders/1'))).toBe(true)
    expect(visitors.places.isJudged(visitors.at('/staff'))).toBe(false)
    expect(staff.places.isJudged(staff.at('/staff'))).toBe(true)
    expect(staff.places.isJudged(staff.at('/orders/1'))).toBe(false)
  })
})
