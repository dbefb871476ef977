import axios from 'axios'
import type { Contestant } from '../contestant.ts'

/** Bare axios, and one line that sets the header: what no library can do without. */
export const contestant: Contestant = {
  start({ axios: settings, tokens }) {
    const http = axios.create(settings)
    http.interceptors.request.use((config) => {
      config.headers.set('Authorization', `Bearer ${tokens.accessToken}`)
      return config
    })
    return http
  },
}
