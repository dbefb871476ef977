import { createPinia } from 'pinia'
import type { App } from 'vue'
import { authAxios, httpBackend } from 'vue-auth-axios'
import type { Router } from 'vue-router'

/** Sets up an app whose server keeps both tokens in HttpOnly cookies: no script ever sees one. */
export function setUpHiddenTokens(app: App, router: Router, axios = { baseURL: '/api' }): App {
  return app
    .use(createPinia())
    .use(router)
    .use(authAxios, {
      // axios repeats the server's `XSRF-TOKEN` cookie as a header. An API of another origin: `withCredentials: true`.
      axios,
      // `store.accessToken` is null. A 401 is still answered with one refresh, in all tabs together.
      backend: httpBackend({
        cookie: 'session',
        login: '/auth/session/login',
        refresh: '/auth/session/refresh',
        logout: '/auth/session/logout',
        user: '/auth/me',
      }),
      homeRoute: '/dashboard',
    })
}
