import { hiddenReferee } from './hidden-referee.ts'
import { oidcReferee } from './oidc-referee.ts'
import { logIn } from './people.ts'
import { playgroundReferee } from './playground-referee.ts'
import type { RemoteTab, TabSettings } from './protocol.ts'
import type { Referee } from './referee.ts'
import { signIn } from './rounds.ts'

/** A way to keep a session, and a strict server that knows it. */
export interface Kind {
  name: string
  start: () => Promise<Referee>
  settings?: Partial<TabSettings>
  /** Begins a session in all tabs. */
  begin: (tabs: RemoteTab[], referee: Referee) => Promise<void>
  /** Whether it is one session in all tabs, which take turns. */
  isShared: boolean
  /** Whether its tokens are in `localStorage`. */
  storesTokens?: boolean
  /** How many refreshes a round of so many tabs has, at least and at most. */
  refreshes: (tabs: number) => { least: number; most: number }
}

const HIDDEN: Kind = {
  name: 'hidden tokens',
  start: hiddenReferee,
  begin: logInOnce,
  isShared: true,
  refreshes: () => ({ least: 1, most: 1 }),
}

/** All ways to keep a session. */
export const KINDS: Kind[] = [
  {
    name: 'local',
    start: playgroundReferee,
    begin: signIn,
    isShared: true,
    storesTokens: true,
    refreshes: () => ({ least: 1, most: 1 }),
  },
  {
    name: 'session',
    start: playgroundReferee,
    settings: { storage: 'session' },
    begin: beginEach,
    isShared: false,
    refreshes: eachItsOwn,
  },
  {
    name: 'cookie',
    start: () => playgroundReferee({ cookie: true }),
    begin: logInOnce,
    isShared: true,
    // Nothing is stored, so there is nothing to adopt: each tab gets an access token of its own.
    refreshes: eachItsOwn,
  },
  HIDDEN,
]

/** As the first of them, at a certified OpenID provider on an origin of its own. */
export const OPENID: Kind = { ...KINDS[0]!, name: 'local, OpenID', start: oidcReferee }

function eachItsOwn(tabs: number) {
  return { least: tabs, most: tabs }
}

/** Begins a session of its own in each tab. */
async function beginEach(tabs: RemoteTab[], referee: Referee): Promise<void> {
  for (const tab of tabs) await tab.run((reply) => window.tab.begin(reply), await referee.grant())
}

/** Signs in in one tab; the others hear of it, and get what they need from the cookie. */
async function logInOnce([first, ...others]: RemoteTab[]): Promise<void> {
  await logIn(first!)
  await Promise.all(others.map((tab) => tab.until(() => window.tab.store.isAuthenticated)))
}
