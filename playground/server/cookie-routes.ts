import { randomBytes } from 'node:crypto'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { ApiEnv } from './env.ts'
import { accessReply, type Grant, type Grants } from './grants.ts'
import { readObject, readText } from './input.ts'
import { SESSION_LIFETIME, type Sessions } from './sessions.ts'

const SESSION_COOKIE = 'session'
const SESSION_PATH = '/api/auth/cookie'
const XSRF_COOKIE = 'XSRF-TOKEN'
const XSRF_HEADER = 'X-XSRF-TOKEN'

/** Signing in, refreshing and signing out with a refresh token that no script ever sees. */
export function cookieRoutes(
  grants: Grants,
  sessions: Sessions,
  refreshing: MiddlewareHandler<ApiEnv>,
): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.post('/login', async (c) => {
    const body = await readObject(c)
    const grant = await grants.signIn(readText(body, 'username'), readText(body, 'password'))
    return grant ? deliver(c, grant) : c.json({ error: 'invalid_credentials' }, 401)
  })

  routes.post('/refresh', refreshing, guardXsrf, async (c) => {
    const refreshToken = getCookie(c, SESSION_COOKIE)
    const grant = refreshToken && (await grants.refresh(refreshToken))
    if (grant) return deliver(c, grant)
    forget(c)
    return c.json({ error: 'invalid_grant' }, 401)
  })

  routes.post('/logout', guardXsrf, (c) => {
    const refreshToken = getCookie(c, SESSION_COOKIE)
    if (refreshToken) sessions.endBy(refreshToken)
    forget(c)
    return c.body(null, 204)
  })

  return routes
}

/**
 * Double submit: another site can make a browser send the cookies, but cannot read one to repeat it in a header.
 * A request without a session has nothing to guard.
 */
const guardXsrf: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const expected = getCookie(c, XSRF_COOKIE)
  const matches = expected !== undefined && expected === c.req.header(XSRF_HEADER)
  if (getCookie(c, SESSION_COOKIE) && !matches) return c.json({ error: 'xsrf_token_mismatch' }, 403)
  return next()
}

function deliver(c: Context<ApiEnv>, grant: Grant): Response {
  const shared = { sameSite: 'Strict', maxAge: SESSION_LIFETIME } as const
  setCookie(c, SESSION_COOKIE, grant.refreshToken, { ...shared, path: SESSION_PATH, httpOnly: true })
  setCookie(c, XSRF_COOKIE, randomBytes(16).toString('base64url'), { ...shared, path: '/' })
  return c.json(accessReply(grant))
}

function forget(c: Context<ApiEnv>): void {
  deleteCookie(c, SESSION_COOKIE, { path: SESSION_PATH })
  deleteCookie(c, XSRF_COOKIE, { path: '/' })
}
