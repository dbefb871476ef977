import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { jwt } from '../jwt.ts'
import { type Replica, Sessions, bearerOf } from './replica.ts'

const failure = (message: string, code: string) => ({ errors: [{ message, extensions: { code } }] })
const EXPIRED = failure('Token expired.', 'TOKEN_EXPIRED')
const WRONG = failure('Invalid user credentials.', 'INVALID_CREDENTIALS')
const COOKIE = 'directus_refresh_token'

/** Directus 12: everything is in `data`, `expires` is a duration in ms, and `mode` chooses between body and cookie. */
export function directusReplica(): Replica {
  const sessions = new Sessions((kind, serial) =>
    kind === 'access' ? jwt({ serial, iat: 2e9, exp: 2e9 + 900 }) : `refresh-${serial}`,
  )
  const app = new Hono().basePath('/directus')

  function answer(c: Context, { access, refresh }: { access: string; refresh: string }, mode: unknown) {
    const data = { expires: 900_000, access_token: access }
    if (mode !== 'cookie') return c.json({ data: { ...data, refresh_token: refresh } })
    setCookie(c, COOKIE, refresh, { httpOnly: true, path: '/', sameSite: 'Lax', maxAge: 600 })
    return c.json({ data })
  }
  const spent = (c: Context, body: Record<string, unknown>) =>
    body.mode === 'cookie' ? getCookie(c, COOKIE) : body.refresh_token

  // A token that comes along is looked at before the route is.
  app.use(async (c, next) => {
    const token = bearerOf(c.req.header('Authorization'))
    if (token !== undefined && !sessions.by(token)) return c.json(EXPIRED, 401)
    await next()
  })
  app.post('/auth/login', async (c) => {
    const { password, mode } = await c.req.json()
    return password === 'correct horse' ? answer(c, sessions.begin(), mode) : c.json(WRONG, 401)
  })
  app.post('/auth/refresh', async (c) => {
    sessions.asked += 1
    const body = await c.req.json()
    const token = spent(c, body)
    if (token === undefined) {
      return c.json(
        failure(
          'Invalid payload. The refresh token is required in either the payload or cookie.',
          'INVALID_PAYLOAD',
        ),
        400,
      )
    }
    const pair = sessions.renew(token)
    return pair ? answer(c, pair, body.mode) : c.json(WRONG, 401)
  })
  app.post('/auth/logout', async (c) => {
    const token = spent(c, await c.req.json())
    if (token === undefined) {
      return c.json(
        failure(
          'Invalid payload. The refresh token is required in either the payload or cookie.',
          'INVALID_PAYLOAD',
        ),
        400,
      )
    }
    sessions.end(token)
    deleteCookie(c, COOKIE, { path: '/' })
    return c.body(null, 204)
  })
  const guarded = (data: unknown) => (c: Context) =>
    c.req.header('Authorization')
      ? c.json({ data })
      : c.json(failure("You don't have permission to access this.", 'FORBIDDEN'), 403)
  app.get('/users/me', guarded({ id: '1', email: 'ann@x.test' }))
  app.get('/roles', guarded([]))
  return { app, sessions }
}
