import { type Context, Hono } from 'hono'
import { type Replica, Sessions, bearerOf } from './replica.ts'

const USER = { id: 1, email: 'ann@x.test' }

/** devise-jwt, by its documentation: the token comes in a header, and only a logout ends it. */
export function deviseReplica(): Replica {
  const sessions = new Sessions()
  const app = new Hono()
  const refused = (c: Context, error: string) => c.json({ error }, 401)

  app.post('/users/sign_in', async (c) => {
    const { user } = await c.req.json()
    if (user?.password !== 'correct horse') return refused(c, 'Invalid Email or password.')
    return c.json(USER, 201, { Authorization: `Bearer ${sessions.begin().access}` })
  })
  const guarded = (run: (c: Context, access: string) => Response) => (c: Context) => {
    const access = bearerOf(c.req.header('Authorization'))
    return access && sessions.by(access) ? run(c, access) : refused(c, 'revoked token')
  }
  app.delete('/users/sign_out', (c) => {
    sessions.end(bearerOf(c.req.header('Authorization')))
    return c.body(null, 204)
  })
  app.get(
    '/me',
    guarded((c) => c.json(USER)),
  )
  app.get(
    '/items',
    guarded((c) => c.json({ ok: true })),
  )
  return { app, sessions }
}
