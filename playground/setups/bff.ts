import { randomBytes } from 'node:crypto'
import axios from 'axios'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type AuthTokens, httpBackend } from 'vue-auth-axios'
import { type RefreshResults, shareRefresh } from 'vue-auth-axios/server'

/** What a back end for a front end is told. */
export interface BffOptions {
  /** The base of the API that it speaks to in the name of its visitors. */
  api: string
  /** `redisResults(client)` where there is more than one process; their sessions are shared alike then. */
  results?: RefreshResults
  /** Where sessions are kept: here in memory, elsewhere in the store that all processes share. */
  sessions?: Pick<Map<string, AuthTokens>, 'get' | 'set' | 'delete'>
}

/** The cookie that no script can read, and the one that the page repeats in a header. */
export const SESSION = 'bff-session'
export const XSRF = 'BFF-XSRF-TOKEN'

/** Where the page finds the API: with the paths that it has there. */
const BASE = '/bff/api'

const ATTRIBUTES = { path: '/', sameSite: 'Strict', secure: true, maxAge: 30 * 24 * 60 * 60 } as const

/** What the API is told of a request, and what the page is told of an answer. */
const onward = ['accept', 'content-type']
const back = ['content-type', 'retry-after']

/** Makes a back end that keeps the tokens of its visitors: pages have a cookie that no script can read, and no token. */
export function createBff({ api, results, sessions = new Map() }: BffOptions): Hono {
  const http = axios.create({ baseURL: api })
  const context = () => ({ http, signal: AbortSignal.timeout(10_000) })
  const backend = shareRefresh(httpBackend(), results && { results })

  /** The same for requests that come together: each asks, and one refresh is made for all. */
  async function refreshed(id: string, tokens: AuthTokens): Promise<AuthTokens | null> {
    const next = (await backend.refresh(tokens, context())) as AuthTokens | null
    if (next && sessions.get(id)) sessions.set(id, next)
    return next
  }

  function call(c: Context, { accessToken }: AuthTokens, body: ArrayBuffer) {
    return fetch(`${api}${c.req.path.slice(BASE.length)}${new URL(c.req.url).search}`, {
      method: c.req.method,
      headers: { ...pick(c.req.raw.headers, onward), authorization: `Bearer ${accessToken}` },
      ...(body.byteLength > 0 && { body }),
    })
  }

  const bff = new Hono()

  // Double submit: another site can make a browser send the cookies, but cannot read one to repeat it in a header.
  bff.use(`${BASE}/*`, async (c, next) => {
    const isSafe = ['GET', 'HEAD'].includes(c.req.method) || !getCookie(c, SESSION)
    const matches = getCookie(c, XSRF) !== undefined && getCookie(c, XSRF) === c.req.header('x-xsrf-token')
    return isSafe || matches ? next() : c.json({ error: 'xsrf_token_mismatch' }, 403)
  })

  bff.post(`${BASE}/auth/login`, async (c) => {
    const { data, status } = await http.post('/auth/login', await c.req.json(), { validateStatus: null })
    if (status !== 200) return c.json({ error: 'invalid_credentials' }, 401)
    const id = randomBytes(32).toString('base64url')
    sessions.set(id, { accessToken: data.access_token, refreshToken: data.refresh_token })
    setCookie(c, SESSION, id, { ...ATTRIBUTES, httpOnly: true })
    setCookie(c, XSRF, randomBytes(16).toString('base64url'), ATTRIBUTES)
    return c.body(null, 204)
  })

  bff.post(`${BASE}/auth/logout`, async (c) => {
    const id = getCookie(c, SESSION) ?? ''
    const tokens = sessions.get(id)
    sessions.delete(id)
    for (const name of [SESSION, XSRF]) deleteCookie(c, name, ATTRIBUTES)
    if (tokens) await backend.logout?.(tokens, context())
    return c.body(null, 204)
  })

  // Tokens are this server's business: of what the API has for sessions, the page needs the user alone.
  bff.all(`${BASE}/auth/:path{(?!me$).+}`, (c) => c.json({ error: 'not_found' }, 404))

  // Everything else goes on to the API, with the visitor's token; once more after a refresh.
  bff.all(`${BASE}/*`, async (c) => {
    const id = getCookie(c, SESSION) ?? ''
    const tokens = sessions.get(id)
    if (!tokens) return c.json({ error: 'unauthorized' }, 401)
    const body = await c.req.arrayBuffer()
    const first = await call(c, tokens, body)
    if (first.status !== 401) return passOn(first)
    try {
      const next = await refreshed(id, tokens)
      return passOn(next ? await call(c, next, body) : first)
    } catch (error) {
      const isOver = axios.isAxiosError(error) && [400, 401, 403].includes(error.response?.status ?? 0)
      if (!isOver) return c.json({ error: 'unavailable' }, 503)
      sessions.delete(id)
      return passOn(first)
    }
  })

  return bff
}

const passOn = (answer: Response) =>
  new Response(answer.body, { status: answer.status, headers: pick(answer.headers, back) })

const pick = (headers: Headers, names: string[]) =>
  Object.fromEntries([...headers].filter(([name]) => names.includes(name)))
