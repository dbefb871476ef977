import { isAxiosError } from 'axios'
import { type Pinia, createPinia, defineStore } from 'pinia'
import { type App, createSSRApp, defineComponent, h, onServerPrefetch } from 'vue'
import { type Router, type RouterHistory, RouterView, createRouter } from 'vue-router'
import { type AuthAxios, useAuthStore, useHttp } from '../../../src/index.ts'

/** What the API tells of a visitor. */
interface Me {
  id: number
}

/** What a page shows besides its session; it goes into the payload. */
const useOrders = defineStore('orders', { state: () => ({ orders: null as unknown }) })

/** Waits as long as a page's own work takes. */
export type Pause = () => Promise<unknown> | undefined

const greeting = () => {
  const { user } = useAuthStore()
  return h('p', { id: 'greeting' }, user ? `Hello ${(user as unknown as Me).id}` : 'Hello stranger')
}

/** What stands around a page, or what there is without a router. */
export interface PageSettings {
  pause?: Pause
  /** What a server sent along. */
  state?: Pinia['state']['value']
  /** There is but one page. */
  isSingle?: boolean
  /** Whether the page says by `isAuthenticated`, not by the user alone, whom it is for. */
  hasBadge?: boolean
}

const badge = () => h('p', { id: 'badge' }, useAuthStore().isAuthenticated ? 'Signed in' : 'Signed out')

/** A page for everybody, which greets those whom it knows and shows their orders. */
const home = ({ pause = () => undefined, hasBadge }: PageSettings) =>
  defineComponent({
    setup() {
      const auth = useAuthStore()
      const http = useHttp()
      const shown = useOrders()
      onServerPrefetch(async () => {
        await pause()
        await auth.ready()
        await auth.fetchUser().catch(() => {})
        await pause()
        shown.orders = await http.get('/orders').then(
          ({ data }) => data,
          ({ code }) => code,
        )
        await pause()
      })
      return () => [greeting(), hasBadge && badge(), h('pre', JSON.stringify(shown.orders))]
    },
  })

const page = (text: string) => ({ setup: () => () => [h('h1', text), greeting()] })

/** An application as a server renders it, and as the page goes on with it. */
export interface PageApp {
  app: App
  pinia: Pinia
  router: Router
}

/** Makes the application, once for each request and once for the page. */
export function createPage(auth: AuthAxios, history: RouterHistory, settings: PageSettings = {}): PageApp {
  const { state, isSingle = false } = settings
  const router = createRouter({
    history,
    routes: [
      { path: '/', component: home(settings) },
      { path: '/secret', component: page('Secret'), meta: { auth: true } },
      { path: '/mine', component: page('Mine'), meta: { auth: (user) => user !== null } },
      { path: '/login', component: page('Sign in'), meta: { auth: 'guest' } },
    ],
  })
  const pinia = createPinia()
  if (state) pinia.state.value = state
  const app = createSSRApp({ render: () => h(isSingle ? home(settings) : RouterView) })
  // Requests that nobody waits for end with their test.
  app.config.errorHandler = (error) => {
    if (!isAxiosError(error)) throw error
  }
  app.use(pinia)
  if (!isSingle) app.use(router)
  app.use(auth)
  return { app, pinia, router }
}
