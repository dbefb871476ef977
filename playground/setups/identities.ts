import axios from 'axios'
import { createPinia } from 'pinia'
import type { App } from 'vue'
import { createAuthAxios, httpBackend } from 'vue-auth-axios'
import type { Router } from 'vue-router'

/** Sets up an app in which an admin acts beside a user, and in which a second service takes the admin's token. */
export function setUpIdentities(app: App, router: Router, api = { baseURL: '/api' }, items = '/api/items') {
  const backend = httpBackend({ user: '/auth/me' })
  // The first one: `useAuthStore()`, `useHttp()` and `$http` are its own, and routes without `meta.authId`.
  const user = createAuthAxios({ axios: api, backend })
  // `useHttp('admin')`, `admin.useStore()`, and the routes with `meta: { auth: true, authId: 'admin' }`.
  const places = { loginRoute: '/admin/login', homeRoute: '/admin' }
  const admin = createAuthAxios({ id: 'admin', axios: api, backend, ...places })
  // Another base URL, or another origin, under the same session: one refresh serves them all.
  const stations = admin.attach(axios.create({ ...api, baseURL: items }))
  app.use(createPinia()).use(router).use(user).use(admin)
  return { user, admin, stations }
}
