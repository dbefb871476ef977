import axios from 'axios'
import { applyAuthTokenInterceptor, setAuthTokens } from 'axios-jwt'
import type { Contestant } from '../contestant.ts'
import { askForTokens } from './refresh.ts'

/** Goes by the `exp` of its token alone: a 401 is the caller's. */
export const contestant: Contestant = {
  async start(world) {
    const http = axios.create(world.axios)
    const entries = new Map<string, string>()
    const storage = {
      get: async (key: string) => entries.get(key) ?? null,
      set: async (key: string, value: string) => void entries.set(key, value),
      remove: async (key: string) => void entries.delete(key),
    }
    applyAuthTokenInterceptor(http, {
      getStorage: () => storage,
      requestRefresh: (refreshToken) => askForTokens(world, refreshToken),
    })
    await setAuthTokens(world.tokens)
    return http
  },
}
