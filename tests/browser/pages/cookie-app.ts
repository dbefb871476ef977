import { createApp } from 'vue'
import { useAuthStore } from 'vue-auth-axios'
import { createRouter, createWebHistory } from 'vue-router'
import { setUpCookie } from '../../../playground/setups/cookie.ts'

const page = { render: () => null }

const routes = [
  { path: '/login', component: page, meta: { auth: 'guest' } },
  { path: '/secret', component: page, meta: { auth: true } },
] as const

/** Opens a page of the app that `setups/cookie.ts` sets up, and tells where that leads. */
export async function open(path: string) {
  const history = createWebHistory('/app/v2/')
  history.replace(path)
  const router = createRouter({ history, routes })
  const seen: string[] = []
  router.afterEach((to) => void seen.push(to.fullPath))
  const app = createApp(page)
  setUpCookie(app, router).mount(document.body)
  await router.isReady()
  const store = useAuthStore(app.config.globalProperties.$pinia)
  await store.fetchUser()
  const { status, user } = store
  return { seen, status, user: user?.username, address: location.pathname }
}
