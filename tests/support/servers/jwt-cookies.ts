import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type Replica, Sessions } from './replica.ts'

/** An API with both JWTs in HttpOnly cookies: its answers hold nothing but a word. */
export function jwtCookiesReplica(): Replica {
  const sessions = new Sessions()
  const app = new Hono().basePath('/api')

  function answer(c: Context, { access, refresh }: { access: string; refresh: string }) {
    setCookie(c, 'access_token', access, { path: '/', httpOnly: true, sameSite: 'Lax' })
    setCookie(c, 'refresh_token', refresh, { path: '/', httpOnly: true, sameSite: 'Lax' })
    return c.json({ ok: true })
  }
  app.post('/auth/login', async (c) => {
    const { password } = await c.req.json()
    return password === 'correct horse' ? answer(c, sessions.begin()) : c.json({ error: 'wrong' }, 401)
  })
  app.post('/auth/refresh', (c) => {
    sessions.asked += 1
    const pair = sessions.renew(getCookie(c, 'refresh_token'))
    return pair ? answer(c, pair) : c.json({ error: 'invalid_grant' }, 401)
  })
  const guarded = (run: (c: Context, access: string) => object) => (c: Context) => {
    const access = getCookie(c, 'access_token')
    return access && sessions.by(access) ? c.json(run(c, access)) : c.json({ error: 'expired' }, 401)
  }
  app.post(
    '/auth/logout',
    guarded((c, access) => {
      sessions.end(access)
      for (const name of ['access_token', 'refresh_token']) deleteCookie(c, name, { path: '/' })
      return {}
    }),
  )
  app.get(
    '/auth/me',
    guarded(() => ({ id: 1, username: 'ann' })),
  )
  app.get(
    '/items',
    guarded(() => ({ ok: true })),
  )
  return { app, sessions }
}
