import axios from 'axios'
import { createAuthRefresh } from 'axios-auth-refresh'
import type { Contestant } from '../contestant.ts'
import { askForTokens } from './refresh.ts'

/** axios-auth-refresh, set up as its README does. */
export const withAxiosAuthRefresh = (deduplicateRefresh: boolean): Contestant => ({
  start(world) {
    const http = axios.create(world.axios)
    let { tokens } = world
    http.interceptors.request.use((config) => {
      config.headers.set('Authorization', `Bearer ${tokens.accessToken}`)
      return config
    })
    const refresh = async () => {
      tokens = await askForTokens(world, tokens.refreshToken)
    }
    createAuthRefresh(http, refresh, { deduplicateRefresh })
    return http
  },
})
