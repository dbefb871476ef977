import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { jwt } from '../jwt.ts'
import { type Replica, Sessions, bearerOf } from './replica.ts'

const USER = { id: 1, username: 'ann' }
const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="api"' }

/** SimpleJWT 5.2: an access token has the `iat` of the refresh token that has bought it. */
export function simpleJwtReplica(): Replica {
  const sessions = new Sessions((kind, serial) =>
    jwt({ token_type: kind, exp: 2e9 + 300, iat: 2e9, jti: serial }),
  )
  const app = new Hono()

  app.post('/api/token/', async (c) => {
    const { password } = await c.req.json()
    const detail = 'No active account found with the given credentials'
    if (password !== 'correct horse') return c.json({ detail }, 401, CHALLENGE)
    return c.json(sessions.begin())
  })
  app.post('/api/token/refresh/', async (c) => {
    sessions.asked += 1
    const { refresh } = await c.req.json()
    if (refresh === undefined) return c.json({ refresh: ['This field is required.'] }, 400)
    const pair = sessions.renew(refresh)
    if (!pair) return c.json({ detail: 'Token is blacklisted', code: 'token_not_valid' }, 401, CHALLENGE)
    return c.json(pair)
  })
  app.post('/api/token/blacklist/', async (c) => {
    const { refresh } = await c.req.json()
    if (refresh === undefined) return c.json({ refresh: ['This field is required.'] }, 400)
    if (sessions.end(refresh)) return c.json({})
    return c.json({ detail: 'Token is blacklisted', code: 'token_not_valid' }, 401, CHALLENGE)
  })
  const guarded = (body: object) => (c: Context) => {
    if (sessions.by(bearerOf(c.req.header('Authorization')))) return c.json(body)
    const messages = [
      { token_class: 'AccessToken', token_type: 'access', message: 'Token is invalid or expired' },
    ]
    const detail = 'Given token not valid for any token type'
    return c.json({ detail, code: 'token_not_valid', messages }, 401, CHALLENGE)
  }
  app.get('/api/me/', guarded(USER))
  app.get('/api/items/', guarded({ ok: true }))
  return { app, sessions }
}

/** Django's sessions: 403 in the place of 401, and a CSRF cookie that changes with every login. */
export function djangoSessionsReplica(): Replica {
  const sessions = new Sessions()
  const app = new Hono()
  let serial = 0

  const renewCsrf = (c: Context) =>
    setCookie(c, 'csrftoken', `csrf-${++serial}`, { path: '/', maxAge: 31449600 })
  app.use(async (c, next) => {
    const token = getCookie(c, 'csrftoken')
    if (c.req.method === 'POST' && (!token || c.req.header('X-CSRFToken') !== token)) {
      return c.html('<title>403 Forbidden</title><p>CSRF verification failed. Request aborted.</p>', 403)
    }
    await next()
  })
  app.get('/api/csrf/', (c) => {
    renewCsrf(c)
    return c.json({})
  })
  app.post('/api/login/', async (c) => {
    const { password } = await c.req.json()
    if (password !== 'correct horse') return c.json({ detail: 'wrong' }, 400)
    setCookie(c, 'sessionid', sessions.begin().access, { path: '/', httpOnly: true, sameSite: 'Lax' })
    renewCsrf(c)
    return c.json({})
  })
  app.post('/api/logout/', (c) => {
    sessions.end(getCookie(c, 'sessionid'))
    deleteCookie(c, 'sessionid', { path: '/' })
    return c.json({})
  })
  const guarded = (body: object) => (c: Context) =>
    sessions.by(getCookie(c, 'sessionid'))
      ? c.json(body)
      : c.json({ detail: 'Authentication credentials were not provided.' }, 403)
  app.get('/api/me/', (c) => {
    sessions.asked += 1
    return guarded(USER)(c)
  })
  app.get('/api/items/', guarded({ ok: true }))
  return { app, sessions }
}
