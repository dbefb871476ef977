import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { AccessTokens } from './access-token.ts'
import { ACCESS_COOKIE } from './cookie-routes.ts'
import type { ApiEnv } from './env.ts'
import type { Sessions } from './sessions.ts'
import type { Stats } from './stats.ts'
import type { User, Users } from './users.ts'
import { provesOrigin } from './xsrf.ts'

/** Tells whose a token is. */
export type FindBearer = (token: string | undefined) => Promise<User | undefined>

/** Makes the function that tells whose an access token is, if it still serves. */
export function bearers(users: Users, sessions: Sessions, accessTokens: AccessTokens): FindBearer {
  return async (token) => {
    const sessionId = token && (await accessTokens.verify(token))
    const userId = sessionId && sessions.userOf(sessionId)
    return userId ? users.find(userId) : undefined
  }
}

/** Lets requests with the access token of a living session through, and answers 401 to the others (RFC 6750). */
export function requireSession(findBearer: FindBearer, stats: Stats): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const ownToken = bearerToken(c)
    const token = ownToken ?? getCookie(c, ACCESS_COOKIE)
    const user = await findBearer(token)
    if (!user) {
      stats.unauthorized++
      c.header('WWW-Authenticate', token ? 'Bearer error="invalid_token"' : 'Bearer')
      return c.json({ error: token ? 'invalid_token' : 'token_required' }, 401)
    }
    // A browser adds cookies to what other sites make it send.
    if (!ownToken && c.req.method !== 'GET' && !provesOrigin(c)) {
      return c.json({ error: 'xsrf_token_mismatch' }, 403)
    }
    c.set('user', user)
    await next()
    if (c.res.ok) stats.served++
    return undefined
  }
}

/** Reads the token of an `Authorization: Bearer …` header. */
export function bearerToken(c: Context): string | undefined {
  return c.req.header('Authorization')?.match(/^Bearer +(\S+)$/i)?.[1]
}
