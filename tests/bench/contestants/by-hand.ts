import axios from 'axios'
import type { Contestant, Tokens } from '../contestant.ts'
import { askForTokens } from './refresh.ts'

/**
 * The ideal: the same HTTP work written out for one expiry, with bare axios and its one line. N requests, one refresh,
 * and each request once more; or one refresh and N requests, where the token is known to be dead. A 401 is not even
 * made an error.
 */
export const contestant: Contestant = {
  start(world) {
    let { tokens } = world
    const validateStatus = (status: number) => status === 200 || status === 401
    const http = axios.create({ ...world.axios, validateStatus })
    http.interceptors.request.use((config) => {
      config.headers.set('Authorization', `Bearer ${tokens.accessToken}`)
      return config
    })
    let renewal: Promise<void> | undefined
    const renewed = () => (renewal ??= askForTokens(world, tokens.refreshToken).then(take))
    const take = (fresh: Tokens) => void (tokens = fresh)
    return {
      async get(path) {
        if (world.goesByClock) await renewed()
        const response = await http.get(path)
        if (response.status !== 401) return response
        await renewed()
        return http.get(path)
      },
    }
  },
}
