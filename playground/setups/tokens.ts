import { createPinia } from 'pinia'
import type { App } from 'vue'
import { authAxios, httpBackend } from 'vue-auth-axios'
import type { Router } from 'vue-router'

/** Sets up an app whose API hands out tokens; they are kept in the storage of the page. */
export function setUpTokens(app: App, router: Router, axios = { baseURL: '/api' }): App {
  return app
    .use(createPinia())
    .use(router)
    .use(authAxios, {
      // Settings for a new instance, or an instance that the app already has.
      axios,
      // Paths below the instance's `baseURL`. The user is optional: without it, `store.user` stays null.
      backend: httpBackend({
        login: '/auth/login',
        refresh: '/auth/refresh',
        logout: '/auth/logout',
        user: '/auth/me',
      }),
      // The default: the session outlives the tab. Every script that runs in the page can read it, so let no foreign
      // one in; 'session' ends with the tab, 'memory' with the page.
      storage: 'local',
      // Where a login without a return path leads.
      homeRoute: '/dashboard',
    })
}
