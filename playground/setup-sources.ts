import type { Keeper } from './keeper.ts'
import cookie from './setups/cookie.ts?raw'
import hidden from './setups/hidden-tokens.ts?raw'
import provider from './setups/oauth2.ts?raw'
import page from './setups/tokens.ts?raw'

/** The file that has set up this app, by who keeps the session. */
export const SETUP_SOURCES: Record<Keeper, { title: string; source: string }> = {
  page: { title: 'The set-up: setups/tokens.ts', source: page },
  cookie: { title: 'The set-up: setups/cookie.ts', source: cookie },
  hidden: { title: 'The set-up: setups/hidden-tokens.ts', source: hidden },
  provider: { title: 'The set-up: setups/oauth2.ts', source: provider },
}
