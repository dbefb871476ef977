import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { jwt } from '../jwt.ts'
import { type Replica, Sessions, bearerOf } from './replica.ts'

const USER = { id: 'a1', name: 'Ann', email: 'ann@x.test' }
const COOKIE = 'better-auth.session_token'

/**
 * better-auth 1.7, with its `bearer` and `jwt` plugins. The session's token (here the refresh token) travels in a cookie or as
 * a bearer token; a JWT (the access token) is bought with it. A session that is over is `null`, with 200.
 */
export function betterAuthReplica(): Replica {
  const sessions = new Sessions((kind, serial) =>
    kind === 'access' ? jwt({ sub: USER.id, serial, iat: 2e9, exp: 2e9 + 900 }) : `session-${serial}`,
  )
  const app = new Hono().basePath('/api')

  /** A bearer token that is no session's, such as one of the JWTs, leaves the word to the cookie. */
  function tokenOf(c: Context): string | undefined {
    const bearer = bearerOf(c.req.header('Authorization'))
    return sessions.of(bearer) ? bearer : getCookie(c, COOKIE)
  }

  app.post('/auth/sign-in/email', async (c) => {
    const { password } = await c.req.json()
    if (password !== 'correct horse') {
      return c.json({ message: 'Invalid email or password', code: 'INVALID_EMAIL_OR_PASSWORD' }, 401)
    }
    const { refresh: token } = sessions.begin()
    setCookie(c, COOKIE, token, { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 600 })
    return c.json({ redirect: false, token, user: USER }, 200, { 'set-auth-token': token })
  })
  app.get('/auth/get-session', (c) => {
    const token = tokenOf(c)
    sessions.asked += 1
    return c.json(sessions.of(token) ? { session: { token }, user: USER } : null)
  })
  app.get('/auth/token', (c) => {
    sessions.asked += 1
    const session = sessions.reissue(tokenOf(c))
    return session ? c.json({ token: session.access }) : c.body(null, 401)
  })
  app.post('/auth/sign-out', async (c) => {
    await c.req.json()
    sessions.end(tokenOf(c))
    deleteCookie(c, COOKIE, { path: '/' })
    return c.json({ success: true })
  })
  app.get('/session-items', (c) =>
    sessions.of(tokenOf(c)) ? c.json({ ok: true }) : c.json({ message: 'no session' }, 401),
  )
  app.get('/jwt-items', (c) => {
    const isLive = sessions.by(bearerOf(c.req.header('Authorization')))
    return isLive ? c.json({ ok: true }) : c.json({ error: 'ERR_JWT_EXPIRED' }, 401)
  })
  return { app, sessions }
}
