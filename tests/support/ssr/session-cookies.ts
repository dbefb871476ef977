import { cookieStorage } from '../../../src/server/index.ts'
import { firstStanding } from '../../../src/standing.ts'
import { writeRecord } from '../../../src/storage/record.ts'
import type { AuthTokens } from '../../../src/types.ts'
import type { StrictServer } from '../strict-server.ts'

const KEY = 'vue-auth-axios:authAxios'

/** How the session of a visitor is. */
export type SessionKind =
  /** Its access token is let in. */
  | 'live'
  /** Its access token has died, and says so. */
  | 'expired'
  /** Its access token has died, and nobody knows but the API. */
  | 'dead'
  /** The same, and its refresh token is refused. */
  | 'refused'

/** A cookie as a browser is given it. */
export interface Cookie {
  name: string
  value: string
}

/** Which session of the strict server a token is of. */
export const sessionIn = (token = ''): number => Number(/AT-(\d+)/.exec(token)?.[1])

/** The tokens of somebody who signed in earlier. */
export function tokensOf(api: StrictServer, session: SessionKind): AuthTokens {
  const { access_token: accessToken, refresh_token: refreshToken } = api.grant()
  return {
    accessToken: session === 'live' ? accessToken : `old-${accessToken}`,
    refreshToken: session === 'refused' ? 'unknown' : refreshToken,
    ...(session === 'expired' && { expiresAt: Date.now() - 1_000 }),
  }
}

/** The cookies that `cookieStorage` keeps their session in. */
export function cookiesWith(tokens: AuthTokens): Cookie[] {
  const kept = new Map<string, string>()
  const storage = cookieStorage({
    get: (name) => kept.get(name),
    set: (name, value) => kept.set(name, value),
    delete: (name) => kept.delete(name),
  })
  const generation = Date.now() - 60_000
  void storage.setItem(KEY, writeRecord({ ...firstStanding(generation), tokens }))
  return [...kept].map(([name, value]) => ({ name, value }))
}

/** The `Cookie` header with them. */
export const cookieHeader = (cookies: Cookie[]): string =>
  cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
