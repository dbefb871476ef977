import axios, { type AxiosError, type InternalAxiosRequestConfig } from 'axios'
import type { Contestant } from '../contestant.ts'
import { askForTokens } from './refresh.ts'

/** The interceptor that tutorials and answers write out: whoever is answered 401 shares one promise. */
export const contestant: Contestant = {
  start(world) {
    const http = axios.create(world.axios)
    let { tokens } = world
    let refreshing: Promise<void> | null = null

    async function refresh(): Promise<void> {
      tokens = await askForTokens(world, tokens.refreshToken)
    }

    http.interceptors.request.use((config) => {
      config.headers.set('Authorization', `Bearer ${tokens.accessToken}`)
      return config
    })
    http.interceptors.response.use(undefined, async (error: AxiosError) => {
      const config = error.config as (InternalAxiosRequestConfig & { _retry?: boolean }) | undefined
      if (!config || error.response?.status !== 401 || config._retry) throw error
      config._retry = true
      refreshing ??= refresh().finally(() => (refreshing = null))
      await refreshing
      return http(config)
    })
    return http
  },
}
