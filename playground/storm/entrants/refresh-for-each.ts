import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios'
import type { StoredSession } from '../stored-session.ts'

/** What most people write first: a request that is answered 401 refreshes, and is sent again. */
export function refreshForEach(settings: CreateAxiosDefaults, session: StoredSession): AxiosInstance {
  const http = axios.create(settings)

  http.interceptors.request.use((config) => {
    config.headers.set('Authorization', `Bearer ${session.read()?.access_token}`)
    return config
  })

  http.interceptors.response.use(undefined, async (error) => {
    const { config, response } = error
    if (response?.status !== 401 || config.isRetry) throw error
    try {
      const body = { refresh_token: session.read()?.refresh_token }
      const { data } = await axios.create(settings).post('/auth/refresh', body)
      session.write(data)
    } catch (failure) {
      session.end()
      throw failure
    }
    return http.request({ ...config, isRetry: true })
  })
  return http
}
