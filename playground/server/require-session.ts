import type { Context, MiddlewareHandler } from 'hono'
import type { AccessTokens } from './access-token.ts'
import type { ApiEnv } from './env.ts'
import type { Sessions } from './sessions.ts'
import type { Stats } from './stats.ts'
import type { User, Users } from './users.ts'

/** Lets requests with the access token of a living session through, and answers 401 to the others (RFC 6750). */
export function requireSession(
  users: Users,
  sessions: Sessions,
  accessTokens: AccessTokens,
  stats: Stats,
): MiddlewareHandler<ApiEnv> {
  async function bearerOf(token: string): Promise<User | undefined> {
    const sessionId = await accessTokens.verify(token)
    const userId = sessionId && sessions.userOf(sessionId)
    return userId ? users.find(userId) : undefined
  }

  return async (c, next) => {
    const token = bearerToken(c)
    const user = token && (await bearerOf(token))
    if (!user) {
      stats.unauthorized++
      c.header('WWW-Authenticate', token ? 'Bearer error="invalid_token"' : 'Bearer')
      return c.json({ error: token ? 'invalid_token' : 'token_required' }, 401)
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
