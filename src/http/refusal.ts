import { AxiosHeaders, type AxiosResponse } from 'axios'
import type { Awaitable } from '../types.ts'

/** The parameters of a challenge, in order: `name=value` or `name="value"` (RFC 9110 section 11.2). */
const PARAMETER = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g

/**
 * The default of `shouldRefresh`: the token was turned away, and not for what it may do.
 *
 * @see RFC 6750 section 3.1
 */
export function isTokenRefused({ status, headers }: AxiosResponse): boolean {
  if (status !== 401) return false
  const challenge = String(AxiosHeaders.from(headers as AxiosHeaders).get('www-authenticate') ?? '')
  const errors = [...challenge.matchAll(PARAMETER)].filter(([, name]) => name?.toLowerCase() === 'error')
  return !errors.length || errors.some(([, , quoted, plain]) => (quoted ?? plain) === 'invalid_token')
}

/** Lets a test of the application see the parsed body; an adapter's answer is still raw. */
export function onParsedBody(
  test: (response: AxiosResponse) => Awaitable<boolean>,
): (response: AxiosResponse) => Awaitable<boolean> {
  return (response) =>
    test({
      ...response,
      get data() {
        return parse(response.data)
      },
    })
}

function parse(data: unknown): unknown {
  if (typeof data !== 'string') return data
  try {
    return JSON.parse(data)
  } catch {
    return data // not JSON: the text itself is all there is
  }
}
