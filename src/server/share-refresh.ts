import type { AuthBackend, AuthTokens, BackendContext, TokenReply } from '../types.ts'
import { type Flight, refreshOnce } from './flight.ts'
import { memoryResults } from './memory-results.ts'
import { type Outcome, serves, settled } from './outcome.ts'
import type { RefreshResults } from './results.ts'

/** What `shareRefresh` may be told. */
export interface ShareRefreshOptions {
  /**
   * Where processes and machines leave results for each other: `redisResults(client)`, or another engine.
   *
   * @default the memory of this process, for at most 10,000 results at a time
   */
  results?: RefreshResults
  /**
   * How long requests that still bring the replaced token get the result of its refresh, in ms. One attempt takes no longer
   * either: it is aborted then, its outcome unknown.
   *
   * Long enough for the requests that were on their way when the token was replaced; during it, a stolen copy of the old token
   * gets the new ones as well, as with every grace period.
   *
   * @default 30_000
   */
  hold?: number
}

const MEMBERS = [
  'login',
  'logout',
  'user',
  'authorize',
  'retries',
  'ended',
  'resumable',
  'logoutWithoutToken',
] as const

/**
 * Lets everybody who brings the same refresh token share one request to the token endpoint, and its result: parallel page
 * loads, processes, machines. A server that rotates refresh tokens takes each one once, and many end the session
 * when one comes again (RFC 9700 section 4.14.2).
 *
 * Make it once in a process, beside the function that makes an app for each request, not in it: what requests share is kept in
 * the backend that it returns.
 *
 * - Everybody gets the same new pair, a refusal, or `null` alike, within `hold`. A failure (503, a timeout) is shared by those who waited for it,
 *   and answers for a second at the most, or for as long as `Retry-After` says.
 * - A process that dies while it asks is noticed after eight seconds, in which nothing is heard of it; then another one asks. Where the
 *   server had spent the token, it refuses, and the session ends.
 * - Where the engine cannot be reached or has just begun to remember, the refresh fails for now (`ERR_AUTH_REFRESH`) and the session is kept.
 * - The engine is given hashes, and results that are encrypted with a key derived from the token they follow.
 * - Where there is no refresh token, as with servers that trade an expired access token for the next, that one is the token
 *   that is shared by. Where there is none at all, each asks for itself.
 *
 * @throws Error where the backend has no `refresh`, or `hold` is no time
 *
 * @example
 * ```ts
 * const backend = shareRefresh(httpBackend({ user: '/auth/me' }), { results: redisResults(client) })
 *
 * export const authFor = (cookies: RequestCookies) =>
 *   createAuthAxios({ axios: { baseURL }, backend, storage: cookieStorage(cookies) })
 * ```
 */
export function shareRefresh<Credentials>(
  backend: AuthBackend<Credentials>,
  { results = memoryResults(), hold = 30_000 }: ShareRefreshOptions = {},
): AuthBackend<Credentials> {
  if (typeof backend?.refresh !== 'function') {
    throw new Error('`shareRefresh` needs a backend with a `refresh`, such as `httpBackend()`.')
  }
  if (!(hold > 0 && hold < 2 ** 31)) {
    throw new Error('`hold` of `shareRefresh` is a number of ms above zero, and no longer than 24 days.')
  }
  const flights = new Map<string, Promise<Flight>>()
  let processName: string | undefined

  function start(token: string, tokens: AuthTokens, context: BackendContext): Promise<Flight> {
    // Not sooner: some runtimes give no random numbers while a module is loaded.
    processName ??= crypto.randomUUID()
    const ask = async (signal: AbortSignal) => backend.refresh(tokens, { ...context, signal })
    const flight = refreshOnce({ results, hold, processName, token, tokens, ask })
    flights.set(token, flight)
    const remove = () => flights.delete(token)
    flight.then(({ published }) => published).then(remove, remove)
    return flight
  }

  async function share(token: string, tokens: AuthTokens, context: BackendContext): Promise<Outcome> {
    for (let pending = flights.get(token); pending; pending = flights.get(token)) {
      const { outcome, published } = await pending
      if (serves(outcome, tokens)) return outcome
      await published
    }
    return (await start(token, tokens, context)).outcome
  }

  return {
    ...backend,
    ...membersOf(backend),
    async refresh(tokens, context): Promise<TokenReply | true | null> {
      const token = tokens?.refreshToken ?? tokens?.accessToken
      if (!tokens || !token) return backend.refresh(tokens, context)
      return settled(await unlessAborted(share(token, tokens, context), context.signal))
    },
  }
}

/** Members that a spread does not copy: the methods and getters of a class. */
function membersOf<Credentials>(backend: AuthBackend<Credentials>): Partial<AuthBackend<Credentials>> {
  return Object.fromEntries(
    MEMBERS.flatMap((name) => {
      const member = backend[name]
      if (member === undefined) return []
      return [[name, typeof member === 'function' ? member.bind(backend) : member]]
    }),
  )
}

/** The same promise for as long as its caller waits; the work goes on for the others. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
