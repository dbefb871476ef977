import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios'
import type { StoredSession } from '../stored-session.ts'

/** The well-known answer: whoever is answered 401 while a refresh is under way waits for its promise. */
export function sharedPromise(settings: CreateAxiosDefaults, session: StoredSession): AxiosInstance {
  const http = axios.create(settings)
  let refreshing: Promise<void> | undefined

  async function refresh(): Promise<void> {
    const body = { refresh_token: session.read()?.refresh_token }
    const { data } = await axios.create(settings).post('/auth/refresh', body)
    session.write(data)
  }

  http.interceptors.request.use((config) => {
    config.headers.set('Authorization', `Bearer ${session.read()?.access_token}`)
    return config
  })

  http.interceptors.response.use(undefined, async (error) => {
    const { config, response } = error
    if (response?.status !== 401 || config.isRetry) throw error
    refreshing ??= refresh().finally(() => {
      refreshing = undefined
    })
    try {
      await refreshing
    } catch (failure) {
      session.end()
      throw failure
    }
    return http.request({ ...config, isRetry: true })
  })
  return http
}
