import type { AxiosResponse } from 'axios'

/** Where a reply says which answer it was read from. It is not enumerable, so that no copy and no JSON has it. */
const SOURCE = Symbol('source')

/** A reply that knows its answer. */
interface Sourced {
  [SOURCE]?: AxiosResponse
}

/** Attaches the answer that a reply was read from, so that the error of a malformed one can bear it. */
export function rememberSource<Reply extends object>(reply: Reply, response: AxiosResponse): Reply {
  const bearer = Object.isExtensible(reply) ? reply : { ...reply }
  const descriptor = { __proto__: null, value: response, configurable: true }
  return Object.defineProperty(bearer, SOURCE, descriptor as PropertyDescriptor)
}

/** The answer that a reply was read from, where it is known. */
export function sourceOf(reply: unknown): AxiosResponse | undefined {
  return (Object(reply) as Sourced)[SOURCE]
}
