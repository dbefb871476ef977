import './style.css'
import './user.ts'
import { createApp, watch } from 'vue'
import { useAuthStore } from 'vue-auth-axios'
import App from './App.vue'
import { identitiesKey, sideIdentities } from './identities.ts'
import { chosenKeeper, keeperKey, oauthKey } from './keeper.ts'
import { createPlaygroundRouter } from './router.ts'
import { newsKey, sessionNews } from './session-news.ts'
import { setUpCookie } from './setups/cookie.ts'
import { setUpHiddenTokens } from './setups/hidden-tokens.ts'
import { setUpTokens } from './setups/tokens.ts'
import { createWire, wireKey } from './wire/wire.ts'

const keeper = chosenKeeper()
const wire = createWire(keeper === 'provider' ? '/oidc/api' : '/api')
const router = createPlaygroundRouter()
const app = createApp(App)

if (keeper === 'provider') {
  const { setUpOAuth2 } = await import('./setups/oauth2.ts')
  app.provide(oauthKey, setUpOAuth2(app, router, wire.settings()))
  const auth = useAuthStore()
  let signedInAt = 0
  watch(
    () => auth.sessionId,
    () => (signedInAt = performance.now()),
  )
  // What comes before it is the sign-in itself.
  wire.follow('/oidc/token', (startedAt) => (startedAt < signedInAt ? 'open' : 'refresh'))
} else {
  const setUp = { page: setUpTokens, cookie: setUpCookie, hidden: setUpHiddenTokens }[keeper]
  setUp(app, router, wire.settings())
}
wire.mark(app.config.globalProperties.$http)

app
  .provide(wireKey, wire)
  .provide(keeperKey, keeper)
  .provide(newsKey, sessionNews(app, wire))
  .provide(identitiesKey, sideIdentities(app, wire))
  .mount('#app')
