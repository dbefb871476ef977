import axios, {
  AxiosHeaders,
  type AxiosAdapter,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
  isAxiosError,
} from 'axios'
import type { AuthTokens } from '../types.ts'

/** Puts tokens on the headers of a request. */
export type Authorize = (headers: AxiosHeaders, tokens: AuthTokens) => void

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
    const headers = new AxiosHeaders(config.headers)
    if (tokens) authorize(headers, tokens)
    try {
      const response = await adapter({ ...config, headers })
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

/** The adapter a request would have used by itself. */
export const adapterOf = (config: InternalAxiosRequestConfig): AxiosAdapter =>
  axios.getAdapter(config.adapter, config)
