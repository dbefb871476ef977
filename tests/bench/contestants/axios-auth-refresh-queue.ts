import axios from 'axios'
import { applyAuthTokenInterceptor } from 'axios-auth-refresh-queue'
import type { Contestant } from '../contestant.ts'
import { askForTokens } from './refresh.ts'

export const contestant: Contestant = {
  start(world) {
    const http = axios.create(world.axios)
    let { tokens } = world
    applyAuthTokenInterceptor(http, {
      headerTokenHandler: (config) => {
        config.headers.set('Authorization', `Bearer ${tokens.accessToken}`)
      },
      getRefreshToken: () => tokens.refreshToken,
      requestRefresh: (refreshToken = '') => askForTokens(world, refreshToken),
      onSuccess: ({ accessToken, refreshToken = tokens.refreshToken }) => {
        tokens = { ...tokens, accessToken, refreshToken }
      },
      onFailure: () => {},
    })
    return http
  },
}
