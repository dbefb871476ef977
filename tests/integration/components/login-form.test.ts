// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { HttpResponse, http } from 'msw'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { type MountedApp, type RoutedApp, mountRouted } from '../../support/mounted-app.ts'
import { ORIGIN, useMswApi } from '../../support/msw-api.ts'
import { shows } from '../../support/shows.ts'
import PagesApp from './fixtures/PagesApp.vue'
import { routes } from './fixtures/routes.ts'

const api = useMswApi()

beforeEach(() => localStorage.clear())

const visit = (path: string, onSessionEnd = vi.fn()): Promise<RoutedApp> =>
  mountRouted(PagesApp, { routes, path, auth: { onSessionEnd } })

async function signIn({ wrapper }: MountedApp, password: string): Promise<void> {
  await wrapper.get('[name=username]').setValue('ada')
  await wrapper.get('[name=password]').setValue(password)
  await wrapper.get('form').trigger('submit')
}

describe('a login form', () => {
  test('shows the server’s message for a wrong password, and nothing else happens', async () => {
    const onSessionEnd = vi.fn()
    const app = await visit('/login', onSessionEnd)

    await signIn(app, 'wrong')
    await shows(app, 'Wrong name or password.')

    expect(api.seen).toEqual([{ method: 'POST', path: '/auth/login', authorization: null }])
    expect([app.at(), app.store.status, app.store.user]).toEqual(['/login', 'anonymous', null])
    expect([localStorage.length, sessionStorage.getItem('vue-auth-axios:authAxios')]).toEqual([0, null])
    expect(onSessionEnd).not.toHaveBeenCalled()
  })

  test('takes the right password after a wrong one, and leads to the page that was asked for', async () => {
    const app = await visit('/orders/7?tab=lines#total')
    expect(app.router.currentRoute.value.path).toBe('/login')
    await signIn(app, 'wrong')
    await shows(app, 'Wrong name or password.')

    await signIn(app, 'ada')

    await shows(app, 'Order 7')
    expect(app.at()).toBe('/orders/7?tab=lines#total')
    expect(app.text()).toContain('authenticated Ada Lovelace')
    expect(api.to('/auth/refresh')).toEqual([])
  })

  test('says that the server is not there, and can be sent again', async () => {
    const app = await visit('/login')
    api.server.use(http.post(`${ORIGIN}/api/auth/login`, () => HttpResponse.error(), { once: true }))

    await signIn(app, 'ada')
    await shows(app, 'Try again later.')
    expect(app.store.status).toBe('anonymous')

    await signIn(app, 'ada')
    await shows(app, 'Ada Lovelace Sign out Home')
  })

  test('lets nobody in whose user cannot be loaded', async () => {
    const app = await visit('/login')
    api.server.use(
      http.get(`${ORIGIN}/api/auth/me`, () => HttpResponse.json({ message: 'Locked.' }, { status: 403 })),
    )

    await signIn(app, 'ada')
    await shows(app, 'Locked.')

    expect([app.at(), app.store.status, localStorage.length]).toEqual(['/login', 'anonymous', 0])
  })

  test('that is sent twice in a row signs in once, with what was sent last', async () => {
    const app = await visit('/login')

    await signIn(app, 'wrong')
    await signIn(app, 'ada')

    await shows(app, 'Ada Lovelace Sign out Home')
    expect(app.store.user).toMatchObject({ username: 'ada' })
  })
})
