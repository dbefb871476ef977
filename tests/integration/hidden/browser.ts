import { createPinia } from 'pinia'
import { onTestFinished, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { AuthAxiosOptions } from '../../../src/index.ts'
import { createIn } from '../../../src/plugin.ts'
import { CookieJar } from '../../support/cookie-jar.ts'
import { emptyApp } from '../../support/empty-app.ts'
import { type OpenTab, SimulatedBrowser } from '../../support/simulated/browser.ts'
import { steady } from '../../support/simulated/latency.ts'
import { page, withRoutes } from '../../support/visitor.ts'
import type { HiddenServer } from './server.ts'

const routes = withRoutes({
  path: '/ada',
  component: page,
  meta: { auth: (user) => Object(user).name === 'ada' },
})

/** A browser that visits an application: its tabs have the cookies and `localStorage` in common. */
export function browserFor(server: HiddenServer) {
  const browser = new SimulatedBrowser({ latency: steady(2) })
  const jar = new CookieJar()

  /** Opens a tab of the application at a path, or loads it again in one there is; waits for its first page. */
  async function open(path = '/public', options: AuthAxiosOptions = {}, tab: OpenTab = browser.open()) {
    const router = createRouter({ history: createMemoryHistory(), routes })
    const app = emptyApp().use(createPinia()).use(router)
    const onSessionEnd = vi.fn()
    const auth = createIn(tab.around, {
      // The cookies are those of another origin here.
      axios: { baseURL: server.url, adapter: jar.adapter, withCredentials: true },
      backend: server.backend(),
      onSessionEnd,
      ...options,
    })
    app.use(auth).mount({})
    onTestFinished(() => app.unmount())
    await router.push(path)
    const at = () => router.currentRoute.value.fullPath
    return { ...tab, app, auth, http: auth.http, store: auth.useStore(), router, at, onSessionEnd }
  }

  /** Opens some tabs, and signs in in the first. */
  async function signedIn(count = 1, name = 'ada') {
    const tabs = [await open()]
    while (tabs.length < count) tabs.push(await open())
    await tabs[0]!.store.login({ name, password: name }, { redirect: false })
    for (const { store } of tabs) await vi.waitFor(() => expectStatus(store.user !== null))
    server.arrivals.length = 0
    server.refreshes = 0
    return tabs as [Tab, Tab, ...Tab[]]
  }
  type Tab = Awaited<ReturnType<typeof open>>

  return { browser, jar, open, signedIn }
}

function expectStatus(isSo: boolean): void {
  if (!isSo) throw new Error('The tab has not heard of it yet.')
}
