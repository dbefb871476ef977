import { AxiosHeaders } from 'axios'

/** How long a server may ask to be left alone and still be asked again by the same refresh, in ms. */
const PATIENCE = 5_000

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
  return [400, 401, 403].includes(Number(statusOf(error))) && !isPage(error)
}

/** Whether the server certainly has not used the refresh token up: it turned the request away, or never got it. */
export function isUnspent(error: unknown): boolean {
  for (let at = asFailure(error), depth = 0; depth < 4; at = asFailure(at.cause), depth++) {
    if (NEVER_CONNECTED.has(String(at.code))) return true
  }
  return [429, 503].includes(Number(statusOf(error)))
}

/**
 * For how long a server wants to be left alone, in ms; 0 where it does not say.
 *
 * @see RFC 9110 section 10.2.3
 */
export function retryAfter(error: unknown): number {
  const value = headerOf(error, 'retry-after').trim()
  if (/^\d+$/.test(value)) return Number(value) * 1000
  // Both dates are the server's, so that this device's clock does not matter.
  const wait = Date.parse(value) - (Date.parse(headerOf(error, 'date')) || Date.now())
  return Math.max(0, wait || 0)
}

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
  const wait = retryAfter(error)
  const until = performance.now() + Math.max(SHARED, wait)
  if (retries >= 2 || wait > PATIENCE || !isUnspent(error)) return { again: null, until }
  return { again: wait || Math.random() * 300 * 2 ** retries, until }
}
