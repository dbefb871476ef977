import type { AxiosAdapter, AxiosInstance, CreateAxiosDefaults } from 'axios'
import { watch } from 'vue'
import { withLibrary } from './entrants/library.ts'
import librarySource from './entrants/library.ts?raw'
import { refreshForEach } from './entrants/refresh-for-each.ts'
import refreshForEachSource from './entrants/refresh-for-each.ts?raw'
import { sharedPromise } from './entrants/shared-promise.ts'
import sharedPromiseSource from './entrants/shared-promise.ts?raw'
import { type StoredSession, type StoredTokens, storedSession } from './stored-session.ts'

/** What an entrant is started with. */
export interface EntrantSettings {
  axios: { baseURL: string; adapter: AxiosAdapter }
  /** What the session begins with, in the tab that begins it. */
  tokens?: StoredTokens | undefined
  /** The session is over for this tab; says why where that is known. */
  onEnd(why: string): void
  /** Another tab has done something that this one knows of. */
  onNews(news: string): void
  /** How many refreshes this tab has sent. */
  refreshes(): number
}

/** An entrant in one tab. */
export interface StartedEntrant {
  http: AxiosInstance
  isSignedIn(): boolean
  signOut(): unknown
  /** Lets go of everything, in this tab. */
  stop(): void
}

/** A way to deal with expired tokens. */
export interface Entrant {
  id: string
  title: string
  /** In one sentence. */
  more: string
  /** The file that runs. */
  source: string
  start(settings: EntrantSettings): Promise<StartedEntrant>
}

/** The three, in the order in which people find them. */
export const ENTRANTS: readonly Entrant[] = [
  {
    id: 'each',
    title: 'Every request refreshes',
    more: 'An interceptor that refreshes on 401 and sends again.',
    source: refreshForEachSource,
    start: (settings) => startHandWritten('storm:each', refreshForEach, settings),
  },
  {
    id: 'shared',
    title: 'One shared promise',
    more: 'The well-known cure: who comes later waits for the same refresh.',
    source: sharedPromiseSource,
    start: (settings) => startHandWritten('storm:shared', sharedPromise, settings),
  },
  {
    id: 'library',
    title: 'vue-auth-axios',
    more: 'One refresh for all requests and all tabs.',
    source: librarySource,
    start: startLibrary,
  },
]

type HandWritten = (settings: CreateAxiosDefaults, session: StoredSession) => AxiosInstance

async function startHandWritten(
  key: string,
  install: HandWritten,
  { axios, tokens, onEnd }: EntrantSettings,
): Promise<StartedEntrant> {
  const session = storedSession(key, () => onEnd(''))
  if (tokens) session.write(tokens)
  return {
    http: install(axios, session),
    isSignedIn: () => session.read() !== null,
    signOut: () => session.end(),
    stop: () => {},
  }
}

async function startLibrary(settings: EntrantSettings): Promise<StartedEntrant> {
  const { axios, tokens, onEnd, onNews, refreshes } = settings
  let isSigningOut = false
  const { app, auth } = withLibrary(axios, (reason) => {
    if (reason === 'replaced') return
    const isOwn = reason === 'logout' ? isSigningOut : refreshes() > seen
    onEnd(isOwn ? '' : reason === 'logout' ? 'Signed out in another tab.' : 'Ended in another tab.')
  })
  const store = auth.useStore(app.config.globalProperties.$pinia)
  app.mount(document.createElement('div'))
  await store.ready()
  if (tokens) await store.setTokens({ ...tokens })
  let seen = refreshes()
  watch(
    () => store.accessToken,
    (token) => {
      if (!token) return
      if (refreshes() === seen) onNews('A new token came from another tab.')
      seen = refreshes()
    },
    { flush: 'sync' },
  )
  return {
    http: auth.http,
    isSignedIn: () => store.isAuthenticated,
    async signOut() {
      isSigningOut = true
      await store.logout({ redirect: false })
    },
    stop: () => app.unmount(),
  }
}
