import { isAxiosError } from 'axios'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { type AuthAxiosOptions, createAuthAxios } from 'vue-auth-axios'
import type { Visit } from './protocol.ts'

/** Every setup, by the name of its export. */
const setups: Record<string, AuthAxiosOptions> = Object.assign(
  {},
  ...Object.values(import.meta.glob('../../../playground/setups/servers/*.ts', { eager: true })),
)

const name = new URLSearchParams(location.search).get('setup') ?? ''
const setup = setups[name]
if (!setup) throw new Error(`There is no setup "${name}".`)

const ends: string[] = []
const auth = createAuthAxios({ ...setup, onSessionEnd: (reason) => ends.push(reason) })
createApp({ render: () => null })
  .use(createPinia())
  .use(auth)
  .mount(document.createElement('div'))
const store = auth.useStore()

/** What a promise comes to, in a word. */
async function word(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'ok'
  } catch (error) {
    if (!isAxiosError(error)) return String(error)
    return String(error.response?.status ?? error.code)
  }
}

const visit: Visit = {
  login: (credentials) => word(store.login(credentials, { redirect: false })),
  logout: () => word(store.logout({ redirect: false })),
  refresh: () => word(store.refresh()),
  get: (url, times) =>
    Promise.all(Array.from({ length: times }, () => word(auth.http.get(new URL(url, location.origin).href)))),
  async state() {
    await store.ready()
    if (store.isAuthenticated && !store.user) await word(store.fetchUser())
    return { status: store.status, hasUser: store.user !== null, ends }
  },
}
Object.assign(globalThis, { visit })
