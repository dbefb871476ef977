import './style.css'
import './user.ts'
import { createApp } from 'vue'
import App from './App.vue'
import { identitiesKey, sideIdentities } from './identities.ts'
import { chosenKeeper, keeperKey } from './keeper.ts'
import { createPlaygroundRouter } from './router.ts'
import { setUpCookie } from './setups/cookie.ts'
import { setUpTokens } from './setups/tokens.ts'
import { createWire, wireKey } from './wire/wire.ts'

const wire = createWire('/api')
const keeper = chosenKeeper()
const setUp = keeper === 'server' ? setUpCookie : setUpTokens
const app = createApp(App)

setUp(app, createPlaygroundRouter(), wire.settings())
wire.mark(app.config.globalProperties.$http)

app
  .provide(wireKey, wire)
  .provide(keeperKey, keeper)
  .provide(identitiesKey, sideIdentities(app, wire))
  .mount('#app')
