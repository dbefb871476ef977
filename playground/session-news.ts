import { type App, type InjectionKey, type Ref, readonly, ref, watch } from 'vue'
import { useAuthStore } from 'vue-auth-axios'
import type { Wire } from './wire/wire.ts'

/** What another tab has done to the session of this one, in a sentence; empty where nothing is to be told. */
export type SessionNews = Readonly<Ref<string>>

/** Provides the news. */
export const newsKey: InjectionKey<SessionNews> = Symbol('news')

/** Follows a session, and tells what this tab has not done itself. */
export function sessionNews(app: App, wire: Wire): SessionNews {
  const auth = useAuthStore(app.config.globalProperties.$pinia)
  const news = ref('')
  /** What this tab has done since the session was last seen to change. */
  const own = new Set<string>()
  let refreshes = 0

  auth.$onAction(({ name }) => own.add(name))

  function latest(): string {
    if (auth.status === 'anonymous' && !own.has('logout')) return 'You signed out in another tab.'
    if (auth.status === 'expired' && ownRefreshes() === refreshes) return 'Your session ended in another tab.'
    return ''
  }

  /** Counted where requests leave: who asked for them is of no matter. */
  const ownRefreshes = () => wire.latest().filter(({ kind }) => kind === 'refresh').length

  watch(
    () => [auth.status, auth.sessionId, auth.accessToken] as const,
    ([status, session, token], [lastStatus, lastSession, lastToken]) => {
      if (lastStatus === 'pending') news.value = ''
      else if (status !== 'authenticated') news.value = latest()
      else if (session !== lastSession) {
        news.value = own.has('login') || own.has('setTokens') ? '' : 'You signed in in another tab.'
      } else if (token !== lastToken) {
        news.value = ownRefreshes() === refreshes ? 'The new access token came from another tab.' : ''
      }
      refreshes = ownRefreshes()
      own.clear()
    },
  )
  return readonly(news)
}
