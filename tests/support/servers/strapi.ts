import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { jwt } from '../jwt.ts'
import { type Replica, Sessions, bearerOf } from './replica.ts'

const USER = { id: 1, username: 'ann' }
const COOKIE = 'strapi_up_refresh'

const failure = (status: 400 | 401 | 403, name: string, message: string) => ({
  data: null,
  error: { status, name, message, details: {} },
})
const UNAUTHORIZED = failure(401, 'UnauthorizedError', 'Missing or invalid credentials')
const FORBIDDEN = failure(403, 'ForbiddenError', 'Forbidden')

/** Strapi 5 with `jwtManagement: 'refresh'`: a logout wants a token that lives. */
export function strapiReplica({ httpOnly = false } = {}): Replica {
  const sessions = new Sessions((kind, serial) => jwt({ type: kind, serial, iat: 2e9, exp: 2e9 + 600 }))
  const app = new Hono().basePath('/api')

  function answer(c: Context, { access, refresh }: { access: string; refresh: string }, more = {}) {
    if (!httpOnly) return c.json({ jwt: access, refreshToken: refresh, ...more })
    setCookie(c, COOKIE, refresh, { httpOnly: true, path: '/', sameSite: 'Lax', maxAge: 600 })
    return c.json({ jwt: access, ...more })
  }
  app.post('/auth/local', async (c) => {
    const { identifier, password } = await c.req.json()
    if (identifier && password === 'correct horse') return answer(c, sessions.begin(), { user: USER })
    return c.json(failure(400, 'ValidationError', 'Invalid identifier or password'), 400)
  })
  app.post('/auth/refresh', async (c) => {
    sessions.asked += 1
    const { refreshToken = getCookie(c, COOKIE) } = JSON.parse((await c.req.text()) || '{}')
    if (!refreshToken) return c.json(failure(400, 'BadRequestError', 'Missing refresh token'), 400)
    const pair = sessions.renew(refreshToken)
    return pair ? answer(c, pair) : c.json(failure(401, 'UnauthorizedError', 'Invalid refresh token'), 401)
  })
  const guarded = (run: (access: string) => object) => (c: Context) => {
    const access = bearerOf(c.req.header('Authorization'))
    if (access === undefined) return c.json(FORBIDDEN, 403)
    return sessions.by(access) ? c.json(run(access)) : c.json(UNAUTHORIZED, 401)
  }
  app.post(
    '/auth/logout',
    guarded((access) => {
      sessions.end(access)
      return { ok: true }
    }),
  )
  app.get(
    '/users/me',
    guarded(() => USER),
  )
  return { app, sessions }
}
