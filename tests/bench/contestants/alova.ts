import { axiosRequestAdapter } from '@alova/adapter-axios'
import { type Method, createAlova } from 'alova'
import { createClientTokenAuthentication, createServerTokenAuthentication } from 'alova/client'
import VueHook from 'alova/vue'
import axios, { isAxiosError } from 'axios'
import type { Contestant } from '../contestant.ts'
import { askForTokens } from './refresh.ts'

/** Its token authentication over axios; caching and sharing are off, as every request is to reach the server. */
export const contestant: Contestant = {
  start(world) {
    let { tokens } = world
    const refresh = async () => {
      tokens = await askForTokens(world, tokens.refreshToken)
    }
    const assignToken = (method: Method) => {
      method.config.headers.Authorization = `Bearer ${tokens.accessToken}`
    }
    const { onAuthRequired, onResponseRefreshToken } = world.goesByClock
      ? createClientTokenAuthentication<typeof VueHook, typeof axiosRequestAdapter>({
          assignToken,
          refreshToken: { isExpired: () => tokens.expiresAt <= Date.now(), handler: refresh },
        })
      : createServerTokenAuthentication<typeof VueHook, typeof axiosRequestAdapter>({
          assignToken,
          refreshTokenOnError: {
            isExpired: (error: unknown) => isAxiosError(error) && error.response?.status === 401,
            handler: refresh,
          },
        })
    const alova = createAlova({
      baseURL: world.axios.baseURL,
      statesHook: VueHook,
      requestAdapter: axiosRequestAdapter({ axios: axios.create(world.axios) }),
      beforeRequest: onAuthRequired(),
      responded: onResponseRefreshToken({
        onError: (error) => {
          throw error
        },
      }),
      cacheFor: null,
      shareRequest: false,
    })
    return { get: (path) => alova.Get(path).send() }
  },
}
