import { getEventListeners } from 'node:events'
import axios, { type AxiosRequestConfig } from 'axios'
import type { Grant } from '../../support/model-server.ts'
import type { Sending } from './wire.ts'

/** What a request is like. */
export interface RequestSpec {
  readonly body: 'none' | 'json' | 'text' | 'form' | 'bytes' | 'stream'
  /** What the server makes of it: lets it in, never does, wants another scope, forbids it, fails, or is gone. */
  readonly want: 'ok' | 'denied' | 'narrow' | 'forbidden' | 'broken' | 'cut'
  /** Whose token it carries: the session's, none (`withAuth: false`), its own, or none since it goes elsewhere. */
  readonly token: 'session' | 'none' | 'own' | 'elsewhere'
  /** How its caller can abort it, or whether he has done so already. */
  readonly abort: 'never' | 'signal' | 'cancel token' | 'beforehand'
  /** Whether its `validateStatus` accepts everything. */
  readonly acceptsAll: boolean
  /** Which instance sends it, modulo their number. */
  readonly via: number
}

/** How a promise settled. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** A request that was sent through the library, and what is known of it. */
export interface TrackedRequest {
  readonly number: number
  readonly spec: RequestSpec
  readonly visit: number
  readonly since: number
  /** The sessions it may belong to; `null`: none. */
  readonly sessions: Set<Grant | null>
  /** Whether sessions that begin now may still be its own: it has not come as far as to ask. */
  isOpen: boolean
  readonly sendings: Sending[]
  /** Since when it has been waiting for something else than the server; `null`: it is on the wire. */
  waitsSince: number | null
  isAborted: boolean
  outcome: Outcome | null
  readonly abort: () => void
  /** How many listen for its abort. */
  readonly listeners: () => number
}

/** Makes the config of a request, and the handle on its abort. */
export function prepare(
  number: number,
  spec: RequestSpec,
): { config: AxiosRequestConfig; abort: () => void; listeners: () => number } {
  const path = `/items/${number}?want=${spec.want}`
  const abortion = abortionOf(spec)
  const config: AxiosRequestConfig = {
    url: spec.token === 'elsewhere' ? `https://elsewhere.test${path}` : path,
    method: spec.body === 'none' ? 'get' : 'post',
    headers: { 'x-request': String(number), ...(spec.token === 'own' && { Authorization: 'Bearer mine' }) },
    ...(spec.token === 'none' && { withAuth: false }),
    ...(spec.body !== 'none' && { data: bodyOf(number, spec.body) }),
    ...(spec.acceptsAll && { validateStatus: () => true }),
    ...abortion.config,
  }
  return { ...abortion, config }
}

function bodyOf(number: number, body: RequestSpec['body']): unknown {
  const text = `body of ${number}`
  if (body === 'json') return { text }
  if (body === 'form') return new URLSearchParams({ text })
  if (body === 'bytes') return new TextEncoder().encode(text)
  if (body === 'stream') return new Blob([text]).stream()
  return text
}

function abortionOf({ abort }: RequestSpec) {
  if (abort === 'never') return { config: {}, abort: () => {}, listeners: () => 0 }
  if (abort === 'cancel token') {
    const { token, cancel } = axios.CancelToken.source()
    const listeners = () => (token as { _listeners?: unknown[] })._listeners?.length ?? 0
    return { config: { cancelToken: token }, abort: cancel, listeners }
  }
  const controller = new AbortController()
  const { signal } = controller
  if (abort === 'beforehand') controller.abort()
  return {
    config: { signal },
    abort: () => controller.abort(),
    listeners: () => getEventListeners(signal, 'abort').length,
  }
}
