import type { CreateAxiosDefaults } from 'axios'
import { createPinia } from 'pinia'
import { type App, createApp } from 'vue'
import { type AuthAxios, type AuthAxiosOptions, createAuthAxios, httpBackend } from 'vue-auth-axios'

/** This library: an app, a plugin, and no interceptor to write. */
export function withLibrary(
  settings: CreateAxiosDefaults,
  onSessionEnd: NonNullable<AuthAxiosOptions['onSessionEnd']>,
): { app: App; auth: AuthAxios } {
  const auth = createAuthAxios({
    id: 'storm',
    axios: settings,
    backend: httpBackend({ refresh: '/auth/refresh', logout: '/auth/logout' }),
    onSessionEnd,
  })
  const app = createApp({ render: () => null })
  app.use(createPinia()).use(auth)
  return { app, auth }
}
