import wayOut from './components/ProviderSignIn.vue?raw'
import secondFactor from './components/VaultPanel.vue?raw'
import type { Keeper } from './keeper.ts'
import wayBack from './pages/CallbackPage.vue?raw'
import cookie from './setups/cookie.ts?raw'
import hidden from './setups/hidden-tokens.ts?raw'
import provider from './setups/oauth2.ts?raw'
import page from './setups/tokens.ts?raw'

/** A file that runs here, to be shown. */
export interface SampleSource {
  title: string
  source: string
}

/** The files that have set up this app, by who keeps the session. */
export const SETUP_SOURCES: Record<Keeper, SampleSource[]> = {
  page: [{ title: 'The set-up: setups/tokens.ts', source: page }],
  cookie: [{ title: 'The set-up: setups/cookie.ts', source: cookie }],
  hidden: [{ title: 'The set-up: setups/hidden-tokens.ts', source: hidden }],
  provider: [
    { title: 'The set-up: setups/oauth2.ts', source: provider },
    { title: 'The way to the provider: components/ProviderSignIn.vue', source: wayOut },
    { title: 'The way back: pages/CallbackPage.vue', source: wayBack },
    { title: 'A second factor, where one is asked for: components/VaultPanel.vue', source: secondFactor },
  ],
}
