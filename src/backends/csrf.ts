import { type AxiosRequestConfig, type AxiosResponse, isAxiosError } from 'axios'
import type { BackendContext } from '../types.ts'
import { type Endpoint, requestTo } from './endpoint.ts'
import { uncached } from './uncached.ts'

/** The ways to send a request to the server that keeps the sessions. */
export interface Sender {
  /** Sends a request; once more with a new CSRF token where the server misses one. */
  send(request: AxiosRequestConfig, context: BackendContext): Promise<AxiosResponse>
  /** Fetches a CSRF token, where there is an endpoint for it. */
  prepare(context: BackendContext): Promise<unknown>
}

/** Makes the ways to send requests; axios itself repeats the token's cookie in a header. */
export function createSender(csrf: Endpoint<null> | undefined, withCredentials: boolean): Sender {
  const credentials = withCredentials ? { withCredentials } : {}

  const once = (request: AxiosRequestConfig, { http, signal }: BackendContext): Promise<AxiosResponse> =>
    http.request({ ...uncached(http, request), ...credentials, signal })

  const prepare = async (context: BackendContext) =>
    csrf === undefined || once(requestTo(csrf, { method: 'GET' }, null), context)

  return {
    prepare,
    async send(request, context) {
      try {
        return await once(request, context)
      } catch (error) {
        if (csrf === undefined || !isTokenMismatch(error)) throw error
        await prepare(context)
        return once(request, context)
      }
    },
  }
}

/** Whether a server misses its CSRF token: Laravel says 419, Django and others 403 with a word on it. */
function isTokenMismatch(error: unknown): boolean {
  if (!isAxiosError(error) || !error.response) return false
  const { status, data } = error.response
  return status === 419 || (status === 403 && /csrf/i.test(JSON.stringify(data) ?? ''))
}
