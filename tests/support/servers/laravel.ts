import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { type Replica, Sessions, bearerOf } from './replica.ts'

const USER = { id: 1, name: 'Ann' }
const INVALID = {
  message: 'The given data was invalid.',
  errors: { email: ['These credentials do not match our records.'] },
}

/** Sanctum's flow: every answer brings the CSRF cookie, which is asked for before anybody asks who sent a request. */
export function sanctumReplica(): Replica {
  const sessions = new Sessions()
  const app = new Hono()
  let serial = 0

  app.use(async (c, next) => {
    const token = getCookie(c, 'XSRF-TOKEN')
    if (c.req.method === 'POST' && (!token || c.req.header('X-XSRF-TOKEN') !== token)) {
      return Response.json({ message: 'CSRF token mismatch.' }, { status: 419 })
    }
    await next()
    setCookie(c, 'XSRF-TOKEN', `xsrf-${++serial}`, { path: '/', maxAge: 7200, sameSite: 'Lax' })
  })
  app.get('/sanctum/csrf-cookie', (c) => c.body(null, 204))
  app.post('/login', async (c) => {
    const { password } = await c.req.json()
    if (password !== 'correct horse') return c.json(INVALID, 422)
    setCookie(c, 'laravel_session', sessions.begin().access, { path: '/', httpOnly: true, sameSite: 'Lax' })
    return c.json({ two_factor: false })
  })
  app.post('/logout', (c) => {
    sessions.end(getCookie(c, 'laravel_session'))
    return c.body(null, 204)
  })
  const guarded = (body: object) => (c: Context) =>
    sessions.by(getCookie(c, 'laravel_session')) ? c.json(body) : c.json({ message: 'Unauthenticated.' }, 401)
  app.get('/api/user', (c) => {
    sessions.asked += 1
    return guarded(USER)(c)
  })
  app.on(['GET', 'POST'], '/api/items', guarded({ ok: true }))
  return { app, sessions }
}

/** tymon/jwt-auth, by its documentation: the one token buys the next within `refresh_ttl`, even when it is dead. */
export function tymonReplica(): Replica {
  const sessions = new Sessions((_, serial) => `token-${serial}`)
  const app = new Hono()
  const answer = (access_token: string) => ({ access_token, token_type: 'bearer', expires_in: 3600 })
  const token = (c: Context) => bearerOf(c.req.header('Authorization'))

  app.post('/api/auth/login', async (c) => {
    const { password } = await c.req.json()
    return password === 'correct horse'
      ? c.json(answer(sessions.begin().access))
      : c.json({ error: 'Unauthorized' }, 401)
  })
  app.post('/api/auth/refresh', (c) => {
    sessions.asked += 1
    const next = sessions.trade(token(c))
    return next ? c.json(answer(next.access)) : c.json({ message: 'The token has been blacklisted' }, 401)
  })
  const guarded = (run: (access: string) => object) => (c: Context) => {
    const access = token(c)
    return access && sessions.by(access) ? c.json(run(access)) : c.json({ message: 'Unauthenticated.' }, 401)
  }
  app.post(
    '/api/auth/logout',
    guarded((access) => {
      sessions.end(access)
      return { message: 'Successfully logged out' }
    }),
  )
  app.post(
    '/api/auth/me',
    guarded(() => USER),
  )
  app.get(
    '/api/items',
    guarded(() => ({ ok: true })),
  )
  return { app, sessions }
}
