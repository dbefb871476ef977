import { type App, type InjectionKey, inject } from 'vue'
import { type AuthAxios, createAuthAxios, httpBackend } from 'vue-auth-axios'
import type { Wire } from './wire/wire.ts'

const authKey: InjectionKey<AuthAxios> = Symbol('bff')

/** The identity whose tokens the back end of this page keeps; installed when it is first asked for. */
export function bffIdentity(app: App, wire: Wire): AuthAxios {
  const known = app.runWithContext(() => inject(authKey, null))
  if (known) return known
  const auth = createAuthAxios({
    id: 'bff',
    axios: { ...wire.settings('page'), baseURL: '/bff/api', xsrfCookieName: 'BFF-XSRF-TOKEN' },
    // The session is a cookie that no script can read. There is nothing here to refresh.
    backend: httpBackend({ cookie: 'session', refresh: false, user: '/auth/me' }),
  })
  wire.mark(auth.http)
  app.use(auth).provide(authKey, auth)
  return auth
}
