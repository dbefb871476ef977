import { type Context, Hono } from 'hono'
import { type Replica, Sessions, bearerOf } from './replica.ts'

const CHALLENGES: Record<string, string> = {
  invalid_client: 'Basic realm="Service"',
  invalid_token: 'Bearer realm="Service",error="invalid_token"',
}

const CLIENT = `Basic ${btoa('spa:s3cret')}`

/** node-oauth 5.3: forms alone, and only from a client that says who it is. */
export function tokenEndpointReplica(): Replica {
  const sessions = new Sessions()
  const app = new Hono()
  const failure = (c: Context, status: 400 | 401, error: string, error_description: string) =>
    c.json(
      { error, error_description },
      status,
      status === 401 ? { 'WWW-Authenticate': CHALLENGES[error] ?? '' } : {},
    )

  app.use('/oauth/*', async (c, next) => {
    if (!/x-www-form-urlencoded/.test(c.req.header('Content-Type') ?? '')) {
      return failure(
        c,
        400,
        'invalid_request',
        'Invalid request: content must be application/x-www-form-urlencoded',
      )
    }
    if (c.req.header('Authorization') !== CLIENT) {
      return failure(c, 401, 'invalid_client', 'Invalid client: client is invalid')
    }
    await next()
  })
  app.post('/oauth/token', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    const isRefresh = form.get('grant_type') === 'refresh_token'
    if (isRefresh) sessions.asked += 1
    else if (form.get('grant_type') !== 'password') {
      return failure(c, 400, 'invalid_request', 'Missing parameter: `grant_type`')
    }
    const isKnown = form.get('username') === 'ann' && form.get('password') === 'correct horse'
    if (!isRefresh && !isKnown) {
      return failure(c, 400, 'invalid_grant', 'Invalid grant: user credentials are invalid')
    }
    const pair = isRefresh ? sessions.renew(form.get('refresh_token')) : sessions.begin()
    if (!pair) return failure(c, 400, 'invalid_grant', 'Invalid grant: refresh token is invalid')
    const { access: access_token, refresh: refresh_token } = pair
    return c.json({ access_token, token_type: 'Bearer', expires_in: 600, refresh_token })
  })
  app.post('/oauth/revoke', async (c) => {
    sessions.end(new URLSearchParams(await c.req.text()).get('token'))
    return c.body(null, 200)
  })
  const guarded = (body: object) => (c: Context) =>
    sessions.by(bearerOf(c.req.header('Authorization')))
      ? c.json(body)
      : failure(c, 401, 'invalid_token', 'Invalid token: access token is invalid')
  app.get('/api/me', guarded({ id: 1, username: 'ann' }))
  app.get('/api/items', guarded({ ok: true }))
  return { app, sessions }
}
