import axios, { isAxiosError } from 'axios'
import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'
import { createMemoryHistory, createRouter, createWebHistory } from 'vue-router'
import { type AuthBackend, type AuthStorage, createAuthAxios, httpBackend } from '../../../src/index.ts'
import { exactMoment } from '../../support/real-tabs/exact-moment.ts'
import type { Round, TabEvent } from '../../support/real-tabs/protocol.ts'
import { storageKey } from '../../support/real-tabs/storage-key.ts'

const {
  api,
  clientId,
  resource,
  id,
  storage,
  cookie = false,
  hasUser = false,
  refreshTimeout,
  hasNoAddress,
} = window.settings

const key = storageKey(id)

const page = { render: () => null }

const router = createRouter({
  history: hasNoAddress ? createMemoryHistory() : createWebHistory(),
  routes: [
    { path: '/login', component: page, meta: { auth: 'guest' } },
    { path: '/secret', component: page, meta: { auth: true } },
    { path: '/about', component: page, meta: { auth: false } },
    { path: '/:rest(.*)*', component: page },
  ],
})

/** Speaks to a token endpoint as RFC 6749 section 6 has it. */
const oidcBackend = (client: string): AuthBackend => ({
  async refresh(tokens, { http, signal }) {
    if (!tokens?.refreshToken) return null
    const body = { grant_type: 'refresh_token', client_id: client, refresh_token: tokens?.refreshToken }
    return (await http.post('/token', new URLSearchParams(body), { signal })).data
  },
})

/** Shared by all tabs, but the browser does not tell them of its changes. */
const customStorage: AuthStorage = {
  getItem: async (name) => localStorage.getItem(`custom-${name}`),
  setItem: async (name, value) => localStorage.setItem(`custom-${name}`, value),
  removeItem: async (name) => localStorage.removeItem(`custom-${name}`),
}

const endpoint = (name: string) => (cookie === true ? `/auth/cookie/${name}` : `/auth/${name}`)

const log: TabEvent[] = []
const note = (what: TabEvent['what'], value: string | null) => log.push({ at: Date.now(), what, value })

const auth = createAuthAxios({
  ...(id !== undefined && { id }),
  axios: axios.create({ baseURL: api }),
  backend: clientId
    ? oidcBackend(clientId)
    : httpBackend({
        cookie: cookie as boolean,
        login: endpoint('login'),
        refresh: endpoint('refresh'),
        logout: endpoint('logout'),
        ...(hasUser && { user: '/auth/me' }),
      }),
  ...(storage && { storage: storage === 'custom' ? customStorage : storage }),
  ...(refreshTimeout && { refreshTimeout }),
  onSessionEnd: (reason) => note('end', reason),
})

const app = createApp(page).use(createPinia()).use(router).use(auth)
const store = auth.useStore()
router.afterEach((to) => note('route', to.fullPath))
watch(
  () => store.status,
  (status) => note('status', status),
  { flush: 'sync' },
)
watch(
  () => store.accessToken,
  (token) => note('token', token),
  { flush: 'sync' },
)
watch(
  () => store.user,
  (user) => note('user', user && String(user.username)),
  { flush: 'sync' },
)
app.mount(document.body)

async function get(path = resource): Promise<string> {
  const outcome = await ask(path)
  note('answer', outcome)
  return outcome
}

async function ask(path: string): Promise<string> {
  try {
    return String((await auth.http.get(path)).status)
  } catch (error) {
    return isAxiosError(error) ? (error.code ?? error.message) : String(error)
  }
}

/** How much later it is for the page than for the rest of the world, in ms. */
let overslept = 0
const now = Date.now
Date.now = () => now() + overslept

window.tab = {
  store,
  http: auth.http,
  router,
  log,
  get,
  begin: (reply) => store.setTokens(reply),
  accessToken: () => store.accessToken,
  storageKey: key,
  refreshToken: () =>
    JSON.parse(localStorage.getItem(storage === 'custom' ? `custom-${key}` : key) ?? 'null')?.tokens
      ?.refreshToken ?? null,
  async play({ at, isOverslept, requests = 1 }: Round) {
    if (isOverslept) overslept += 3_600_000
    await exactMoment(at)
    // Of equal addresses a browser asks for one at a time.
    const paths = Array.from({ length: requests }, (_, index) => (index ? `${resource}?${index}` : resource))
    const answers = await Promise.all(paths.map(get))
    return answers.find((answer) => answer !== '200') ?? '200'
  },
}
