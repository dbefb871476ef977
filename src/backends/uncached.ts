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
  const isRead = request.method?.toUpperCase() === 'GET' && isOnOwnOrigin(http.getUri(request))
  const headers = { ...(isRead && { 'Cache-Control': 'no-cache' }), ...request.headers }
  return { ...PAST_INSTANCE, ...request, headers }
}

function isOnOwnOrigin(url: string): boolean {
  if (typeof location === 'undefined') return false
  try {
    return new URL(url, location.href).origin === location.origin
  } catch {
    return false // not a URL: whatever sends it knows better
  }
}
