import { createPinia } from 'pinia'
import type { App } from 'vue'
import { authAxios, httpBackend } from 'vue-auth-axios'
import type { Router } from 'vue-router'

/** Sets up an app whose server keeps the session: the refresh token in an HttpOnly cookie, out of reach of scripts. */
export function setUpCookie(app: App, router: Router, axios = { baseURL: '/api' }): App {
  return app
    .use(createPinia())
    .use(router)
    .use(authAxios, {
      // axios repeats the server's `XSRF-TOKEN` cookie as a header; `xsrfCookieName` and `xsrfHeaderName` rename them.
      axios,
      // The access token is kept in memory alone: a reload asks `refresh` for a new one, once, without a word.
      backend: httpBackend({
        cookie: true,
        login: '/auth/cookie/login',
        refresh: '/auth/cookie/refresh',
        logout: '/auth/cookie/logout',
        user: '/auth/me',
      }),
      // Where a login without a return path leads.
      homeRoute: '/dashboard',
    })
}
