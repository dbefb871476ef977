import axios, {
  AxiosHeaders,
  type AxiosAdapter,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
  isAxiosError,
} from 'axios'
import type { AuthTokens, Awaitable } from '../types.ts'
import { keepFromOtherHosts } from './redirects.ts'

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

/**
 * Sends a request by its own adapter, with these tokens or none. Rejects where there was no answer.
 *
 * @throws what `authorize` throws
 * @param beforeSending is called, and may throw, where an asynchronous `authorize` took its time
 */
export type Send = (tokens: AuthTokens | null, beforeSending?: () => void) => Promise<Answer>

/** What the application is to see of an answer. */
export function deliver({ response, error }: Answer): AxiosResponse {
  if (error) throw error
  return response
}

/**
 * Makes the way to send a request, once or again. Each time a copy with headers of its own goes out, and its answer
 * comes back with the original: a token left on it would look like the caller's when they send it again.
 */
export function sender(
  config: InternalAxiosRequestConfig,
  adapter: AxiosAdapter,
  authorize: Authorize,
): Send {
  return (tokens, beforeSending) => {
    const copy = copyOf(config)
    if (!tokens) return ask(adapter, copy, config)
    const authorizing = authorize(copy.headers, tokens, copy)
    if (!authorizing) return askWithToken(adapter, copy, config)
    return Promise.resolve(authorizing).then(() => {
      beforeSending?.()
      return askWithToken(adapter, copy, config)
    })
  }
}

const askWithToken: typeof ask = (adapter, copy, config) => {
  keepFromOtherHosts(copy, config.headers)
  return ask(adapter, copy, config)
}

/** Not an async function: of all that a request costs here, its frames would be the most. */
function ask(
  adapter: AxiosAdapter,
  copy: InternalAxiosRequestConfig,
  config: InternalAxiosRequestConfig,
): Promise<Answer> {
  const failed = (error: unknown) => answerIn(error, copy, config)
  try {
    return adapter(copy).then((response) => ({ response: giveBack(response, copy, config) }), failed)
  } catch (error) {
    return Promise.reject(error).catch(failed) // an adapter that is no async function
  }
}

/** The answer that an error holds; where there was none, the error is thrown on. */
function answerIn(
  error: unknown,
  copy: InternalAxiosRequestConfig,
  config: InternalAxiosRequestConfig,
): Answer {
  if (!isAxiosError(error)) throw error
  giveBack(error, copy, config)
  if (!error.response) throw error
  return { response: giveBack(error.response, copy, config), error }
}

/** An adapter may answer with what belongs to another request, as a mock or a cache does: that stays as it is. */
function giveBack<Holder extends { config?: InternalAxiosRequestConfig | undefined }>(
  holder: Holder,
  copy: InternalAxiosRequestConfig,
  config: InternalAxiosRequestConfig,
): Holder {
  if (holder?.config === copy) holder.config = config
  return holder
}

/**
 * What a copied config is made of: its prototype has nothing that could be polluted. An object without a prototype would
 * be slow, to make and to read. `hasOwnProperty` is there because axios' own configs have it.
 */
const BareConfig = function () {} as unknown as new () => Record<PropertyKey, unknown>
BareConfig.prototype = Object.create(null, { hasOwnProperty: { value: Object.prototype.hasOwnProperty } })

/** A copy of a config, with headers of its own, made key by key: to spread what axios hands over is slow. */
function copyOf(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
  const copy = new BareConfig()
  const source = config as unknown as typeof copy
  for (const key of Object.keys(source)) copy[key] = source[key]
  for (const key of Object.getOwnPropertySymbols(source)) copy[key] = source[key]
  copy.headers = Object.assign(new AxiosHeaders(), config.headers)
  return copy as unknown as InternalAxiosRequestConfig
}

/** The adapter a request would have used by itself. */
export function adapterOf(config: InternalAxiosRequestConfig): AxiosAdapter {
  const { adapter } = config
  return typeof adapter === 'function' ? adapter : axios.getAdapter(adapter || axios.defaults.adapter, config)
}
