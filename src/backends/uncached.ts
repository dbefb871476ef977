import type { AxiosInstance, AxiosRequestConfig } from 'axios'

/** Keeps caches on the instance out of it (axios-cache-interceptor, caching adapters): they would answer by URL. */
const PAST_INSTANCE: AxiosRequestConfig & { cache: false } = { cache: false }

/**
 * A request that no cache answers: who is signed in has changed since. Past the browser's own it leads by a header, on the
 * page's origin alone: another one would have to allow it (`Access-Control-Allow-Headers`).
 *
 * @see RFC 9111 section 5.2.1.4
 */
export function uncached(http: AxiosInstance, request: AxiosRequestConfig): AxiosRequestConfig {
  const { method = 'GET', headers } = request
  const isRead = method.toUpperCase() === 'GET' && isOnOwnOrigin(http.getUri(request))
  return {
    ...PAST_INSTANCE,
    ...request,
    headers: { ...(isRead && { 'Cache-Control': 'no-cache' }), ...headers },
  }
}

const isOnOwnOrigin = (url: string): boolean =>
  typeof location !== 'undefined' && new URL(url, location.href).origin === location.origin
