import { AxiosHeaders } from 'axios'

/** How long a server may ask to be left alone and still be asked again by the same refresh, in ms. */
const PATIENCE = 5_000

/** How much longer than asked a server is left alone, by chance, at the most: a fleet must not come back together. */
const STRETCH = 0.25

/** Statuses by which servers say that a refresh token is of no use any more. */
const REFUSALS = [400, 401, 403, 410, 419, 422, 440, 498]

/** The one form of an HTTP date that does not say that it is GMT (RFC 9110 section 5.6.7). */
const ASCTIME = /^[a-z]{3} [a-z]{3} [\d ]\d [\d:]{8} \d{4}$/i

/** For how long a refresh that failed answers for the next, in ms. */
const SHARED = 1_000

/** Codes of Node's network stack that are known before a byte is sent. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

/** As much of a failed answer as any HTTP client tells; axios' errors fit, and so do those of fetch wrappers. */
interface HttpFailure {
  status?: unknown
  code?: unknown
  cause?: unknown
  response?: { status?: unknown; headers?: unknown; data?: unknown }
}

const asFailure = (error: unknown): HttpFailure => Object(error)

/** The HTTP status of a failure, where it has one. */
export function statusOf(error: unknown): unknown {
  const { response, status } = asFailure(error)
  return response?.status ?? status
}

function headerOf(error: unknown, name: string): string {
  const headers: unknown = asFailure(error).response?.headers
  const value = headers instanceof Headers ? headers.get(name) : AxiosHeaders.from(Object(headers)).get(name)
  return typeof value === 'string' ? value : ''
}

/** Whether a page came in place of an API's answer: a firewall, a captive portal. */
function isPage(error: unknown): boolean {
  const data = asFailure(error).response?.data
  return (
    /html/i.test(headerOf(error, 'content-type')) ||
    (typeof data === 'string' && /^\s*<(!doctype|html)/i.test(data))
  )
}

/**
 * The default of `isSessionOver`: the server has read the refresh token, and does not take it.
 *
 * @see RFC 6749 section 5.2
 */
export function isRefusal(error: unknown): boolean {
  return REFUSALS.includes(Number(statusOf(error))) && !isPage(error)
}

/** Whether the browser says that there is no network: a request that failed has never left it then. */
const isOffline = () => typeof navigator !== 'undefined' && navigator.onLine === false

/** Whether the server certainly has not used the refresh token up: it turned the request away, or never got it. */
export function isUnspent(error: unknown): boolean {
  for (let at = asFailure(error), depth = 0; depth < 4; at = asFailure(at.cause), depth++) {
    const code = String(at.code)
    if (NEVER_CONNECTED.has(code) || (code === 'ERR_NETWORK' && isOffline())) return true
  }
  return [429, 503].includes(Number(statusOf(error)))
}

/**
 * For how long a server wants to be left alone, in ms; 0 where it does not say.
 *
 * @see RFC 9110 section 10.2.3
 */
export function retryAfter(error: unknown): number {
  const value = (headerOf(error, 'retry-after') || headerOf(error, 'x-retry-after')).trim()
  if (/^\d+$/.test(value)) return Number(value) * 1000
  // Both dates are the server's, so that this device's clock does not matter.
  const wait = dateOf(value) - (dateOf(headerOf(error, 'date')) || Date.now())
  return Math.max(0, wait || 0)
}

/** An HTTP date in ms; every form of it is GMT. */
const dateOf = (text: string): number => Date.parse(ASCTIME.test(text) ? `${text} GMT` : text)

/** How a refresh that failed goes on. */
export interface Verdict {
  /** Ask again after so many ms; `null`: not by itself. */
  again: number | null
  /** Until when (monotonic, in ms) nobody else asks either. */
  until: number
}

/**
 * What follows from a failure that leaves the session alive, in one place: only where the refresh token certainly is
 * unspent is it sent again by itself. Where nobody knows (a timeout, a dropped connection, a malformed success), the
 * next need may try once more: had the server rotated, the successor would be lost anyway.
 */
export function judge(error: unknown, retries: number): Verdict {
  const asked = retryAfter(error)
  const wait = asked * (1 + Math.random() * STRETCH)
  const until = performance.now() + Math.max(SHARED, wait)
  if (retries >= 2 || asked > PATIENCE || !isUnspent(error)) return { again: null, until }
  return { again: wait || Math.random() * 300 * 2 ** retries, until }
}
