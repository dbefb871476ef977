import { isAxiosError } from 'axios'
import { createPinia } from 'pinia'
import { createApp, defineComponent, onMounted } from 'vue'
import { RouterView, createRouter, createWebHistory } from 'vue-router'
import { createAuthAxios } from '../../../src/index.ts'
import { oauth2Backend } from '../../../src/oauth2/index.ts'
import type { OAuth2Tab } from '../../support/oauth2/protocol.ts'

const { issuer, dpop } = window.oauth2Settings
const page = { render: () => null }

const oauth = oauth2Backend({
  issuer,
  clientId: 'playground',
  redirectUri: '/callback',
  postLogoutRedirectUri: '/signed-out',
  scope: 'openid profile offline_access',
  dpop,
})

const CallbackPage = defineComponent({
  setup() {
    onMounted(async () => {
      try {
        const { tokens, returnTo } = await oauth.handleCallback()
        await store.setTokens(tokens)
        await router.replace(returnTo)
      } catch (error) {
        window.oauth2.failure = { ...(error as Error), message: String(error) } as never
      }
    })
    return page.render
  },
})

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', component: page, meta: { auth: 'guest' } },
    { path: '/callback', component: CallbackPage },
    { path: '/secret', component: page, meta: { auth: true } },
    { path: '/:rest(.*)*', component: page },
  ],
})

const ends: string[] = []
const auth = createAuthAxios({
  axios: { baseURL: `${issuer}/api` },
  backend: oauth,
  onSessionEnd: (reason) => ends.push(reason),
})
const app = createApp(RouterView).use(createPinia()).use(auth)
const store = auth.useStore()
let refused: unknown

async function get(path: string): Promise<string> {
  try {
    return String((await auth.http.get(path)).status)
  } catch (error) {
    if (!isAxiosError(error)) return String(error)
    refused = error.response
    return error.code?.startsWith('ERR_AUTH') ? error.code : String(error.response?.status ?? error.message)
  }
}

const tab: OAuth2Tab = {
  store,
  oauth,
  ends,
  failure: null,
  get,
  getMany: (count) => Promise.all(Array.from({ length: count }, (_, index) => get(`/items/${index}`))),
  meetChallenge: () => oauth.signIn({ challenge: refused as never }),
  at: () => router.currentRoute.value.fullPath,
  async keys() {
    const [known] = (await indexedDB.databases()).filter(({ name }) => name === 'vue-auth-axios')
    if (!known) return []
    const opening = indexedDB.open('vue-auth-axios')
    await new Promise((resolve) => (opening.onsuccess = resolve))
    const found = opening.result.transaction('dpop').objectStore('dpop').getAll()
    await new Promise((resolve) => (found.onsuccess = resolve))
    opening.result.close()
    const pairs = found.result as CryptoKeyPair[]
    return Promise.all(
      pairs.map(({ privateKey }) =>
        crypto.subtle.exportKey('jwk', privateKey).then(
          () => 'exported',
          (error: Error) => error.name,
        ),
      ),
    )
  },
}
window.oauth2 = tab
app.use(router).mount(document.body)
