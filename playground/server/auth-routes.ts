import { Hono, type MiddlewareHandler } from 'hono'
import type { AccessTokens } from './access-token.ts'
import type { ApiEnv } from './env.ts'
import { fullReply, type Grants } from './grants.ts'
import { InvalidInputError, readObject, readOptionalObject, readText } from './input.ts'
import { bearerToken } from './require-session.ts'
import type { Sessions } from './sessions.ts'

/** Signing in, refreshing and signing out with a refresh token that the client keeps. */
export function authRoutes(
  grants: Grants,
  sessions: Sessions,
  accessTokens: AccessTokens,
  refreshing: MiddlewareHandler<ApiEnv>,
): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.post('/login', async (c) => {
    const body = await readObject(c)
    const grant = await grants.signIn(readText(body, 'username'), readText(body, 'password'))
    return grant ? c.json(fullReply(grant)) : c.json({ error: 'invalid_credentials' }, 401)
  })

  routes.post('/refresh', refreshing, async (c) => {
    const grant = await grants.refresh(readText(await readObject(c), 'refresh_token'))
    return grant ? c.json(fullReply(grant)) : c.json({ error: 'invalid_grant' }, 401)
  })

  // A token that is no good ends nothing and is no error (RFC 7009, section 2.2).
  routes.post('/logout', async (c) => {
    const accessToken = bearerToken(c)
    const body = await readOptionalObject(c)
    const refreshToken = 'refresh_token' in body ? readText(body, 'refresh_token') : undefined
    if (!accessToken && !refreshToken) {
      throw new InvalidInputError('Signing out takes a "refresh_token", an access token or both.')
    }
    const sessionId = accessToken && (await accessTokens.verify(accessToken))
    if (sessionId) sessions.end(sessionId)
    if (refreshToken) sessions.endBy(refreshToken)
    return c.body(null, 204)
  })

  return routes
}
