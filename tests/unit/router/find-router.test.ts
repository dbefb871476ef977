import { describe, expect, it, vi } from 'vitest'
import type { Router } from 'vue-router'
import { createAuthAxios } from '../../../src/index.ts'
import { findRouter } from '../../../src/router/find-router.ts'
import { emptyApp } from '../../support/empty-app.ts'
import { manualApp, signedInApp } from '../../support/manual-app.ts'
import { manualBackend } from '../../support/manual-backend.ts'
import { memoryRouter } from '../../support/routes.ts'
import { turns } from '../../support/turns.ts'

const use = () => vi.fn<(router: Router) => void>()

describe('the router of an application', () => {
  it('is found where it is installed before', () => {
    const router = memoryRouter()
    const found = use()

    findRouter(emptyApp().use(router), undefined, found)

    expect(found).toHaveBeenCalledExactlyOnceWith(router)
  })

  it('is found where it is installed after', () => {
    const router = memoryRouter()
    const app = emptyApp()
    const found = use()

    findRouter(app, undefined, found)
    expect(found).not.toHaveBeenCalled()
    app.use(router)

    expect(found).toHaveBeenCalledExactlyOnceWith(router)
    expect(app.config.globalProperties.$router).toBe(router)
  })

  it('is found by every identity that waits for it', () => {
    const router = memoryRouter()
    const app = emptyApp()
    const waiting = [use(), use(), use()]
    for (const found of waiting) findRouter(app, undefined, found)

    app.use(router)

    for (const found of waiting) expect(found).toHaveBeenCalledExactlyOnceWith(router)
    expect(app.config.globalProperties.$router).toBe(router)
  })

  it('is the one that is passed, whatever else the application has', () => {
    const [own, passed] = [memoryRouter(), memoryRouter()]
    const found = use()

    findRouter(emptyApp().use(own), passed, found)

    expect(found).toHaveBeenCalledExactlyOnceWith(passed)
  })

  it('may never come', () => {
    const app = emptyApp()
    const found = use()

    findRouter(app, undefined, found)

    expect(app.config.globalProperties.$router).toBeUndefined()
    expect(found).not.toHaveBeenCalled()
  })

  it.each([[{}], [{ push: () => {} }], ['router']])(
    'is not a stand-in that cannot be asked: %j',
    (standIn) => {
      const app = emptyApp()
      const found = use()

      findRouter(app, undefined, found)
      app.config.globalProperties.$router = standIn as never
      findRouter(app, undefined, found)

      expect(found).not.toHaveBeenCalled()
      expect(app.config.globalProperties.$router).toBe(standIn)
    },
  )

  it('may be another one later: the property is an ordinary one again', () => {
    const app = emptyApp()
    const [first, second] = [memoryRouter(), memoryRouter()]
    findRouter(app, undefined, use())

    app.config.globalProperties.$router = first
    app.config.globalProperties.$router = second

    expect(app.config.globalProperties.$router).toBe(second)
  })
})

describe('two identities before the router', () => {
  it('both send their visitors to their login pages', async () => {
    const router = memoryRouter([
      { path: '/staff', component: { render: () => null }, meta: { authId: 'staff' } },
    ])
    const staff = createAuthAxios({ id: 'staff', backend: manualBackend({ logout: async () => {} }).backend })
    const app = manualApp({ backend: { logout: async () => {} } }, (application) => application.use(staff))
    app.app.use(router)
    await app.store.ready()
    await staff.useStore().ready()

    await app.store.setTokens({ access_token: 'AT1' })
    await router.push('/orders/1')
    await app.store.logout()
    expect(router.currentRoute.value.fullPath).toBe('/login?redirect=/orders/1')

    await staff.useStore().setTokens({ access_token: 'AT2' })
    await router.push('/staff')
    await staff.useStore().logout()
    expect(router.currentRoute.value.fullPath).toBe('/login?redirect=/staff')
  })
})

describe('a component test', () => {
  it('may put a stand-in in the place of the router', async () => {
    const app = await signedInApp({ backend: { logout: async () => {} } }, undefined, ({ config }) => {
      config.globalProperties.$router = { push: () => {}, replace: () => {} } as never
    })

    await app.store.logout()
    await turns(20)

    expect(app.store.status).toBe('anonymous')
    expect(app.errors).toEqual([])
  })
})
