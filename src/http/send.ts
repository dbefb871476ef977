import axios, {
  AxiosHeaders,
  type AxiosAdapter,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
  isAxiosError,
} from 'axios'
import type { AuthTokens, Awaitable } from '../types.ts'

/** Puts tokens on the headers of a request. */
export type Authorize = (
  headers: AxiosHeaders,
  tokens: AuthTokens,
  config: InternalAxiosRequestConfig,
) => Awaitable<unknown>

/** A server's answer, and whether axios takes it for an error. */
export interface Answer {
  readonly response: AxiosResponse
  readonly error?: unknown
}

/** Sends a request by its own adapter, with these tokens or none. Rejects where there was no answer. */
export type Send = (tokens: AuthTokens | null) => Promise<Answer>

/** What the application is to see of an answer. */
export function deliver({ response, error }: Answer): AxiosResponse {
  if (error) throw error
  return response
}

/**
 * Makes the way to send a request, once or again. Each time a copy with headers of its own goes out, and the answer
 * comes back with the original: a token left on it would look like the caller's when he sends it again.
 */
export function sender(
  config: InternalAxiosRequestConfig,
  adapter: AxiosAdapter,
  authorize: Authorize,
): Send {
  return async (tokens) => {
    const copy = copyOf(config)
    if (tokens) await authorize(copy.headers, tokens, copy)
    try {
      const response = await adapter(copy)
      response.config = config
      return { response }
    } catch (error) {
      if (!isAxiosError(error)) throw error
      error.config = config
      if (!error.response) throw error
      error.response.config = config
      return { response: error.response, error }
    }
  }
}

/**
 * A copy of a config, with headers of its own. It is made key by key: what axios hands over has no prototype, and
 * spreading such an object is slow and leaves one that is slow to read.
 */
function copyOf(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
  const copy: Record<PropertyKey, unknown> = {}
  const source = config as unknown as typeof copy
  for (const key of Object.keys(source)) copy[key] = source[key]
  for (const key of Object.getOwnPropertySymbols(source)) copy[key] = source[key]
  copy.headers = Object.assign(new AxiosHeaders(), config.headers)
  return copy as unknown as InternalAxiosRequestConfig
}

/** The adapter a request would have used by itself. */
export const adapterOf = (config: InternalAxiosRequestConfig): AxiosAdapter =>
  axios.getAdapter(config.adapter, config)
