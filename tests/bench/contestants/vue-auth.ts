import { createAuth } from '@websanova/vue-auth'
import bearer from '@websanova/vue-auth/dist/drivers/auth/bearer.common.js'
import http from '@websanova/vue-auth/dist/drivers/http/axios.1.x.common.js'
import router from '@websanova/vue-auth/dist/drivers/router/vue-router.2.x.common.js'
import axios from 'axios'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { Contestant } from '../contestant.ts'

/** Refreshes on an interval, never on a 401: that signs the visitor out. */
export const contestant: Contestant = {
  start({ axios: settings, tokens }) {
    // It clears cookies when it signs out, whatever storage it was given.
    Object.assign(globalThis, { document: { cookie: '' } })
    const instance = axios.create(settings)
    const entries = new Map<string, string>()
    const routes = ['/', '/login'].map((path) => ({ path, component: {} }))
    const auth = createAuth({
      plugins: { http: instance, router: createRouter({ history: createMemoryHistory(), routes }) },
      drivers: { auth: bearer, http, router },
      options: {
        refreshData: { enabled: false },
        fetchData: { enabled: false },
        getCookieDomain: () => 'localhost',
        stores: [
          {
            get: (key: string) => entries.get(key) ?? null,
            set: (key: string, value: string) => void entries.set(key, value),
            remove: (key: string) => void entries.delete(key),
          },
        ],
      },
    })
    auth.token(null, tokens.accessToken, false)
    return instance
  },
}
