import { type Context, Hono } from 'hono'
import { type Replica, Sessions, bearerOf } from './replica.ts'

const PAGE = '<html>\r\n<head><title>401 Authorization Required</title></head>\r\n</html>\r\n'

/** The API behind the proxies, which takes its token from a header. */
function api(tokenOf: (c: Context) => string | undefined, refused: (c: Context) => Response): Replica {
  const sessions = new Sessions()
  const app = new Hono()
  const answer = ({ access, refresh }: { access: string; refresh: string }) => ({
    access_token: access,
    refresh_token: refresh,
    expires_in: 600,
  })

  app.post('/auth/login', async (c) => {
    const { password } = await c.req.json()
    return password === 'correct horse' ? c.json(answer(sessions.begin())) : c.json({ error: 'wrong' }, 401)
  })
  app.post('/auth/refresh', async (c) => {
    sessions.asked += 1
    const { refresh_token } = await c.req.json()
    const pair = sessions.renew(refresh_token)
    return pair ? c.json(answer(pair)) : c.json({ error: 'invalid_grant' }, 401)
  })
  app.post('/auth/logout', async (c) => {
    const { refresh_token } = await c.req.json()
    sessions.end(refresh_token)
    return c.json({})
  })
  app.get('/items', (c) => (sessions.by(tokenOf(c)) ? c.json({ ok: true }) : refused(c)))
  return { app, sessions }
}

/** nginx 1.22 with `auth_request`: its 401 is a page. */
export const authRequestReplica = (): Replica =>
  api(
    (c) => bearerOf(c.req.header('Authorization')),
    (c) => c.html(PAGE, 401),
  )

/** nginx 1.22 with `auth_basic`, and who gives the right answer to it: the token has another header. */
export function basicReplica(): Replica {
  const { app: behind, sessions } = api(
    (c) => c.req.header('X-Access-Token'),
    (c) => c.json({}, 401),
  )
  const app = new Hono()
  app.use(async (c, next) => {
    if (c.req.header('Authorization') !== undefined) {
      return c.html(PAGE, 401, { 'WWW-Authenticate': 'Basic realm="staging"' })
    }
    await next()
  })
  return { app: app.route('/', behind), sessions }
}
