import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { ApiEnv } from './env.ts'
import { accessReply, type Grant, type Grants } from './grants.ts'
import { readObject, readText } from './input.ts'
import { SESSION_LIFETIME, type Sessions } from './sessions.ts'
import { forgetXsrfCookie, provesOrigin, setXsrfCookie } from './xsrf.ts'

/** Has the refresh token. */
const SESSION_COOKIE = 'session'

/** Has the access token of a session whose tokens no script sees. */
export const ACCESS_COOKIE = 'access'
const ACCESS_PATH = '/api'

/** What cookie routes are told. */
export interface CookieSettings {
  /** Where they are; the refresh token is sent there alone. */
  path: string
  /** Whether the access token goes into a cookie as well, and no body has a token. */
  hidesAccessToken?: boolean
}

/** Signing in, refreshing and signing out with a refresh token that no script ever sees. */
export function cookieRoutes(
  grants: Grants,
  sessions: Sessions,
  refreshing: MiddlewareHandler<ApiEnv>,
  { path, hidesAccessToken = false }: CookieSettings,
): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  const shared = { sameSite: 'Strict', httpOnly: true } as const

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

  function deliver(c: Context<ApiEnv>, grant: Grant): Response {
    setCookie(c, SESSION_COOKIE, grant.refreshToken, { ...shared, path, maxAge: SESSION_LIFETIME })
    setXsrfCookie(c, SESSION_LIFETIME)
    if (!hidesAccessToken) return c.json(accessReply(grant))
    setCookie(c, ACCESS_COOKIE, grant.accessToken, { ...shared, path: ACCESS_PATH, maxAge: SESSION_LIFETIME })
    return c.body(null, 204)
  }

  function forget(c: Context<ApiEnv>): void {
    deleteCookie(c, SESSION_COOKIE, { path })
    if (hidesAccessToken) deleteCookie(c, ACCESS_COOKIE, { path: ACCESS_PATH })
    forgetXsrfCookie(c)
  }

  return routes
}

/** A request without a session has nothing to guard. */
const guardXsrf: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (getCookie(c, SESSION_COOKIE) && !provesOrigin(c)) return c.json({ error: 'xsrf_token_mismatch' }, 403)
  return next()
}
