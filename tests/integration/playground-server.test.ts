import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { createServer } from 'vite'
import { afterEach, describe, expect, test } from 'vitest'
import type { ApiOptions } from '../../playground/server/app.ts'
import type { GrantReply } from '../../playground/server/grants.ts'
import { type RunningApi, startApi } from '../../playground/server/start-api.ts'
import { playgroundApi } from '../../playground/server/vite-plugin.ts'

type Tokens = Required<GrantReply>

const running: RunningApi[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((api) => api.close()))
})

async function start(options: ApiOptions = {}): Promise<RunningApi> {
  const api = await startApi({ debug: true, ...options })
  running.push(api)
  return api
}

function post(api: RunningApi, path: string, body?: unknown, headers: HeadersInit = {}): Promise<Response> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  return fetch(`${api.url}${path}`, {
    method: 'POST',
    headers,
    ...(text === undefined ? {} : { body: text }),
  })
}

function get(api: RunningApi, path: string, token?: string): Promise<Response> {
  return fetch(`${api.url}${path}`, { headers: token === undefined ? {} : bearer(token) })
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` }
}

async function signIn(api: RunningApi, username = 'ada'): Promise<Tokens> {
  const response = await post(api, '/auth/login', { username, password: username })
  expect(response.status).toBe(200)
  return json<Tokens>(response)
}

function refresh(api: RunningApi, refreshToken: string): Promise<Response> {
  return post(api, '/auth/refresh', { refresh_token: refreshToken })
}

async function json<Body>(response: Response): Promise<Body> {
  return (await response.json()) as Body
}

/** What a browser would keep and send back. */
function cookies(response: Response): Map<string, string> {
  const pairs = response.headers.getSetCookie().map((line) => line.split(';', 1)[0]?.split('=') ?? [])
  return new Map(pairs.map(([name = '', value = '']) => [name, value]))
}

function cookieHeaders(jar: Map<string, string>, xsrf = jar.get('XSRF-TOKEN')): Record<string, string> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  return { Cookie: cookie, ...(xsrf === undefined ? {} : { 'X-XSRF-TOKEN': xsrf }) }
}

describe('signing in', () => {
  test('brings a token pair and says how long the access token serves', async () => {
    const api = await start({ accessTtl: 15 })
    const response = await post(api, '/auth/login', { username: 'ada', password: 'ada' })
    expect(response.status).toBe(200)
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 15,
    })
    expect(api.stats.logins).toBe(1)
  })

  test('issues access tokens that name their session and are never alike', async () => {
    const api = await start({ accessTtl: 15 })
    const [first, second] = [await signIn(api), await signIn(api)]
    const claims = decodeJwt(first.access_token)
    expect(claims).toEqual({
      sub: '1',
      sid: expect.any(String),
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
    })
    expect(Number(claims.exp) - Number(claims.iat)).toBeCloseTo(15, 3)
    expect(decodeJwt(second.access_token)['sid']).not.toBe(claims['sid'])
    expect(second.access_token).not.toBe(first.access_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
  })

  test.each([
    ['a wrong password', { username: 'ada', password: 'bob' }],
    ['an unknown name', { username: 'eve', password: 'ada' }],
  ])('refuses %s with the same words', async (_what, credentials) => {
    const api = await start()
    const response = await post(api, '/auth/login', credentials)
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({ error: 'invalid_credentials' })
    expect(api.stats).toEqual({ logins: 0, refreshes: 0, reuses: 0, unauthorized: 0, served: 0 })
  })
})

describe('a protected endpoint', () => {
  test('tells who signed in', async () => {
    const api = await start()
    const [ada, bob] = [await signIn(api), await signIn(api, 'bob')]
    const user = await get(api, '/auth/me', ada.access_token)
    expect(await user.json()).toEqual({ id: 1, username: 'ada', name: 'Ada Lovelace', role: 'admin' })
    const other = await get(api, '/auth/me', bob.access_token)
    expect(await other.json()).toMatchObject({ username: 'bob', role: 'member' })
  })

  test('reads and writes items, and counts what it served', async () => {
    const api = await start()
    const { access_token: token } = await signIn(api)
    const item = await get(api, '/items/7', token)
    expect(item.status).toBe(200)
    expect(await item.json()).toEqual({
      id: 7,
      name: 'Observatory',
      temperature: expect.any(Number),
      wind: expect.any(Number),
      takenAt: expect.any(String),
    })
    const written = await post(api, '/items/7', { note: 'äöü ✓' }, bearer(token))
    expect(written.status).toBe(201)
    expect(await written.json()).toEqual({ id: 7, received: { note: 'äöü ✓' }, by: 'ada' })
    expect(api.stats).toMatchObject({ served: 2, unauthorized: 0 })
  })

  test('asks for a token where there is none', async () => {
    const api = await start()
    const response = await get(api, '/items/1')
    expect(response.status).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer')
    expect(await response.json()).toEqual({ error: 'token_required' })
    expect(api.stats).toMatchObject({ served: 0, unauthorized: 1 })
  })

  test('refuses a token that it did not sign', async () => {
    const api = await start()
    const elsewhere = await start()
    const { access_token: token } = await signIn(elsewhere)
    const response = await get(api, '/auth/me', token)
    expect(response.status).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"')
    expect(await response.json()).toEqual({ error: 'invalid_token' })
  })

  test('refuses a token that has expired, however short its life', async () => {
    const api = await start({ accessTtl: 0.3 })
    const { access_token: token, expires_in } = await signIn(api)
    expect(expires_in).toBe(0.3)
    expect((await get(api, '/auth/me', token)).status).toBe(200)
    await sleep(320)
    const response = await get(api, '/auth/me', token)
    expect(response.status).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"')
  })

  test('answers later when asked to, also with a refusal', async () => {
    const api = await start()
    const { access_token: token } = await signIn(api)
    const before = performance.now()
    const answers = await Promise.all([get(api, '/items/1?delay=150', token), get(api, '/items/1?delay=150')])
    expect(answers.map((answer) => answer.status)).toEqual([200, 401])
    expect(performance.now() - before).toBeGreaterThan(140)
  })
})

describe('a refresh', () => {
  test('rotates: both tokens are new, and serve', async () => {
    const api = await start()
    const first = await signIn(api)
    const response = await refresh(api, first.refresh_token)
    expect(response.status).toBe(200)
    const second = await json<Tokens>(response)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect((await get(api, '/auth/me', second.access_token)).status).toBe(200)
    expect((await refresh(api, second.refresh_token)).status).toBe(200)
    expect(api.stats).toMatchObject({ refreshes: 2, reuses: 0 })
  })

  test('with a used token ends that session, and no other', async () => {
    const api = await start()
    const [stolen, other] = [await signIn(api), await signIn(api)]
    const successor = await json<Tokens>(await refresh(api, stolen.refresh_token))

    const reuse = await refresh(api, stolen.refresh_token)
    expect(reuse.status).toBe(401)
    expect(await reuse.json()).toEqual({ error: 'invalid_grant' })
    expect(api.stats).toMatchObject({ refreshes: 2, reuses: 1 })

    expect((await refresh(api, successor.refresh_token)).status).toBe(401)
    expect((await get(api, '/auth/me', successor.access_token)).status).toBe(401)
    expect(api.stats.reuses).toBe(1)
    expect((await get(api, '/auth/me', other.access_token)).status).toBe(200)
    expect((await refresh(api, other.refresh_token)).status).toBe(200)
  })

  test('sent twice at once succeeds once', async () => {
    const api = await start()
    const { refresh_token: token } = await signIn(api)
    const answers = await Promise.all([refresh(api, token), refresh(api, token)])
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 401])
    expect(api.stats).toMatchObject({ refreshes: 2, reuses: 1 })
  })

  test('with a token it never issued is refused and is no reuse', async () => {
    const api = await start()
    const response = await refresh(api, 'made up')
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({ error: 'invalid_grant' })
    expect(api.stats).toMatchObject({ refreshes: 1, reuses: 0 })
  })
})

describe('signing out', () => {
  test('by the refresh token ends the session', async () => {
    const api = await start()
    const { access_token, refresh_token } = await signIn(api)
    expect((await post(api, '/auth/logout', { refresh_token })).status).toBe(204)
    expect((await get(api, '/auth/me', access_token)).status).toBe(401)
    expect((await refresh(api, refresh_token)).status).toBe(401)
    expect(api.stats.reuses).toBe(0)
  })

  test('by the access token ends the session', async () => {
    const api = await start()
    const { access_token, refresh_token } = await signIn(api)
    expect((await post(api, '/auth/logout', undefined, bearer(access_token))).status).toBe(204)
    expect((await refresh(api, refresh_token)).status).toBe(401)
  })

  test('with tokens that are no good is no error', async () => {
    const api = await start()
    const response = await post(api, '/auth/logout', { refresh_token: 'gone' }, bearer('gone'))
    expect(response.status).toBe(204)
  })

  test('without any token is', async () => {
    const api = await start()
    const response = await post(api, '/auth/logout')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request', message: expect.any(String) })
  })
})

describe('wrong input', () => {
  test.each([
    ['/auth/login', undefined],
    ['/auth/login', '{'],
    ['/auth/login', '"ada"'],
    ['/auth/login', []],
    ['/auth/login', {}],
    ['/auth/login', { username: 'ada' }],
    ['/auth/login', { username: 'ada', password: 1 }],
    ['/auth/login', { username: '', password: '' }],
    ['/auth/refresh', undefined],
    ['/auth/refresh', {}],
    ['/auth/refresh', { refresh_token: null }],
    ['/auth/logout', 'null'],
    ['/auth/logout', { refresh_token: 7 }],
    ['/auth/cookie/login', { username: 'ada' }],
    ['/debug/fail', {}],
    ['/debug/fail', { refresh: 503 }],
    ['/debug/fail', { refresh: [200] }],
    ['/debug/fail', { refresh: ['explode'] }],
    ['/debug/fail', { refresh: Array.from({ length: 101 }, () => 503) }],
  ])('POST %s with %j is answered 400', async (path, body) => {
    const api = await start()
    const response = await post(api, path, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'invalid_request', message: expect.any(String) })
  })

  test.each([
    '/items/0',
    '/items/x',
    '/items/1.5',
    '/items/1?delay=-1',
    '/items/1?delay=10001',
    '/items/1?delay=',
  ])('GET %s is answered 400', async (path) => {
    const api = await start()
    const { access_token: token } = await signIn(api)
    const response = await get(api, path, token)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    expect(api.stats.served).toBe(0)
  })

  test('a note that is not JSON is answered 400', async () => {
    const api = await start()
    const { access_token: token } = await signIn(api)
    expect((await post(api, '/items/1', 'note', bearer(token))).status).toBe(400)
  })

  test('a body of more than 64 KiB is answered 413', async () => {
    const api = await start()
    const response = await post(api, '/auth/login', { username: 'a'.repeat(65 * 1024), password: 'a' })
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({ error: 'too_large' })
  })

  test.each(['/', '/nothing', '/auth/login', '/items', '/debug/nothing'])(
    'GET %s is answered 404',
    async (path) => {
      const api = await start()
      const response = await get(api, path)
      expect(response.status).toBe(404)
      expect(await response.json()).toEqual({ error: 'not_found' })
    },
  )

  test('ACCESS_TTL that is no number stops the start', async () => {
    process.env['ACCESS_TTL'] = 'soon'
    try {
      await expect(startApi()).rejects.toThrow('ACCESS_TTL must be a number of seconds above zero.')
    } finally {
      delete process.env['ACCESS_TTL']
    }
  })
})

describe('the debug routes', () => {
  test('exist only where they are asked for', async () => {
    const api = await start({ debug: false })
    const answers = await Promise.all([
      get(api, '/debug/stats'),
      post(api, '/debug/expire'),
      post(api, '/debug/fail', { refresh: [] }),
    ])
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404])
  })

  test('show the counters', async () => {
    const api = await start()
    const { access_token, refresh_token } = await signIn(api)
    await get(api, '/items/1', access_token)
    await get(api, '/items/1')
    await refresh(api, refresh_token)
    await refresh(api, refresh_token)
    const response = await get(api, '/debug/stats')
    const stats = { logins: 1, refreshes: 2, reuses: 1, unauthorized: 1, served: 1 }
    expect(await response.json()).toEqual(stats)
    expect(api.stats).toEqual(stats)
  })

  test('expire every access token at once, and leave the sessions', async () => {
    const api = await start()
    const [ada, bob] = [await signIn(api), await signIn(api, 'bob')]
    expect((await post(api, '/debug/expire')).status).toBe(204)
    expect((await get(api, '/auth/me', ada.access_token)).status).toBe(401)
    expect((await get(api, '/auth/me', bob.access_token)).status).toBe(401)
    const fresh = await json<Tokens>(await refresh(api, ada.refresh_token))
    expect((await get(api, '/auth/me', fresh.access_token)).status).toBe(200)
  })

  test('make refreshes meet statuses, one each, without touching the token', async () => {
    const api = await start()
    const { refresh_token: token } = await signIn(api)
    const planned = await post(api, '/debug/fail', { refresh: [503, 429, 401] })
    expect(await planned.json()).toEqual({ refresh: [503, 429, 401] })
    const answers: unknown[] = []
    for (let attempt = 0; attempt < 3; attempt++) {
      const response = await refresh(api, token)
      answers.push([response.status, await response.json()])
    }
    expect(answers).toEqual([
      [503, { error: 'temporarily_unavailable' }],
      [429, { error: 'temporarily_unavailable' }],
      [401, { error: 'invalid_grant' }],
    ])
    expect(await (await get(api, '/debug/fail')).json()).toEqual({ refresh: [] })
    expect((await refresh(api, token)).status).toBe(200)
    expect(api.stats).toMatchObject({ refreshes: 4, reuses: 0 })
  })

  test('take a plan back', async () => {
    const api = await start()
    const { refresh_token: token } = await signIn(api)
    await post(api, '/debug/fail', { refresh: [503] })
    await post(api, '/debug/fail', { refresh: [] })
    expect((await refresh(api, token)).status).toBe(200)
  })

  test('drop a connection before the rotation', async () => {
    const api = await start()
    const { refresh_token: token } = await signIn(api)
    await post(api, '/debug/fail', { refresh: ['drop'] })
    await expect(refresh(api, token)).rejects.toThrow('fetch failed')
    expect((await refresh(api, token)).status).toBe(200)
    expect(api.stats).toMatchObject({ refreshes: 2, reuses: 0 })
  })

  test('drop a connection after the rotation: the successor is lost', async () => {
    const api = await start()
    const { access_token, refresh_token } = await signIn(api)
    await post(api, '/debug/fail', { refresh: ['drop-after'] })
    await expect(refresh(api, refresh_token)).rejects.toThrow('fetch failed')
    expect((await get(api, '/auth/me', access_token)).status).toBe(200)
    expect((await refresh(api, refresh_token)).status).toBe(401)
    expect(api.stats).toMatchObject({ refreshes: 2, reuses: 1 })
  })

  test('drop a connection so that a browser has to tell the page', async () => {
    const api = await start()
    const { refresh_token } = await signIn(api)
    await post(api, '/debug/fail', { refresh: ['drop'] })
    const response = await post(api, '/auth/refresh', { refresh_token }, { 'Sec-Fetch-Site': 'same-origin' })
    await expect(response.text()).rejects.toThrow('terminated')
  })

  test('leave a refresh without an answer until the server closes', async () => {
    const api = await startApi({ debug: true })
    const { refresh_token: token } = await signIn(api)
    await post(api, '/debug/fail', { refresh: ['hang'] })
    const hanging = expect(refresh(api, token)).rejects.toThrow('fetch failed')
    const first = await Promise.race([hanging, sleep(150, 'still waiting')])
    expect(first).toBe('still waiting')
    await api.close()
    await hanging
  })

  test('let go of a refresh that its caller gave up', async () => {
    const api = await start()
    const { refresh_token } = await signIn(api)
    await post(api, '/debug/fail', { refresh: ['hang'] })
    const given = fetch(`${api.url}/auth/refresh`, {
      method: 'POST',
      body: JSON.stringify({ refresh_token }),
      signal: AbortSignal.timeout(100),
    })
    await expect(given).rejects.toThrow('aborted due to timeout')
    expect((await refresh(api, refresh_token)).status).toBe(200)
  })
})

describe('with the refresh token in a cookie', () => {
  async function signInByCookie(api: RunningApi): Promise<{ response: Response; jar: Map<string, string> }> {
    const response = await post(api, '/auth/cookie/login', { username: 'ada', password: 'ada' })
    expect(response.status).toBe(200)
    return { response, jar: cookies(response) }
  }

  test('signing in shows scripts the access token and the XSRF token only', async () => {
    const api = await start({ accessTtl: 15 })
    const { response } = await signInByCookie(api)
    expect(await response.json()).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 15,
    })
    const [session, xsrf] = response.headers.getSetCookie()
    expect(session).toMatch(
      /^session=[\w-]{43}; Max-Age=2592000; Path=\/api\/auth\/cookie; HttpOnly; SameSite=Strict$/,
    )
    expect(xsrf).toMatch(/^XSRF-TOKEN=[\w-]{22}; Max-Age=2592000; Path=\/; SameSite=Strict$/)
  })

  test('a refresh rotates the cookie', async () => {
    const api = await start()
    const { jar } = await signInByCookie(api)
    const response = await post(api, '/auth/cookie/refresh', undefined, cookieHeaders(jar))
    expect(response.status).toBe(200)
    const { access_token: token } = await json<GrantReply>(response)
    expect((await get(api, '/auth/me', token)).status).toBe(200)
    const next = cookies(response)
    expect(next.get('session')).not.toBe(jar.get('session'))
    expect((await post(api, '/auth/cookie/refresh', undefined, cookieHeaders(next))).status).toBe(200)
  })

  test('a used cookie ends the session and is taken away', async () => {
    const api = await start()
    const { jar } = await signInByCookie(api)
    const next = cookies(await post(api, '/auth/cookie/refresh', undefined, cookieHeaders(jar)))
    const reuse = await post(api, '/auth/cookie/refresh', undefined, cookieHeaders(jar))
    expect(reuse.status).toBe(401)
    expect(await reuse.json()).toEqual({ error: 'invalid_grant' })
    expect(cookies(reuse).get('session')).toBe('')
    expect(api.stats).toMatchObject({ refreshes: 2, reuses: 1 })
    expect((await post(api, '/auth/cookie/refresh', undefined, cookieHeaders(next))).status).toBe(401)
  })

  test('a visitor without a cookie has no session to resume', async () => {
    const api = await start()
    const response = await post(api, '/auth/cookie/refresh')
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({ error: 'invalid_grant' })
  })

  test.each(['/auth/cookie/refresh', '/auth/cookie/logout'])(
    '%s without the XSRF header does nothing',
    async (path) => {
      const api = await start()
      const { jar } = await signInByCookie(api)
      for (const xsrf of [undefined, 'guessed']) {
        const { Cookie = '' } = cookieHeaders(jar)
        const headers = xsrf === undefined ? { Cookie } : cookieHeaders(jar, xsrf)
        const response = await post(api, path, undefined, headers)
        expect(response.status).toBe(403)
        expect(await response.json()).toEqual({ error: 'xsrf_token_mismatch' })
      }
      const refreshed = await post(api, '/auth/cookie/refresh', undefined, cookieHeaders(jar))
      expect(refreshed.status).toBe(200)
    },
  )

  test('signing out ends the session and takes the cookies away', async () => {
    const api = await start()
    const { response, jar } = await signInByCookie(api)
    const { access_token: token } = await json<GrantReply>(response)
    const out = await post(api, '/auth/cookie/logout', undefined, cookieHeaders(jar))
    expect(out.status).toBe(204)
    expect(Object.fromEntries(cookies(out))).toEqual({ session: '', 'XSRF-TOKEN': '' })
    expect((await get(api, '/auth/me', token)).status).toBe(401)
    expect((await post(api, '/auth/cookie/refresh', undefined, cookieHeaders(jar))).status).toBe(401)
    expect((await post(api, '/auth/cookie/logout')).status).toBe(204)
  })

  test('refreshes meet the planned faults as well', async () => {
    const api = await start()
    const { jar } = await signInByCookie(api)
    await post(api, '/debug/fail', { refresh: [503] })
    expect((await post(api, '/auth/cookie/refresh', undefined, cookieHeaders(jar))).status).toBe(503)
    expect((await post(api, '/auth/cookie/refresh', undefined, cookieHeaders(jar))).status).toBe(200)
  })
})

describe('from a page of another origin', () => {
  test('a named origin may call it with credentials and read why it was refused', async () => {
    const api = await start({ origins: ['http://app.test'] })
    const response = await fetch(`${api.url}/items/1`, { headers: { Origin: 'http://app.test' } })
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('http://app.test')
    expect(response.headers.get('Access-Control-Allow-Credentials')).toBe('true')
    expect(response.headers.get('Access-Control-Expose-Headers')).toContain('WWW-Authenticate')
  })

  test('any other may not', async () => {
    const api = await start({ origins: ['http://app.test'] })
    const response = await fetch(`${api.url}/items/1`, { headers: { Origin: 'http://evil.test' } })
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
  })
})

test('sessions and users outlive the server, access tokens do not', async () => {
  const database = join(tmpdir(), `playground-${process.pid}-${Date.now()}`, 'nested', 'api.sqlite')
  try {
    const before = await startApi({ database })
    const tokens = await signIn(before)
    await before.close()
    const after = await start({ database })
    expect((await get(after, '/auth/me', tokens.access_token)).status).toBe(401)
    const fresh = await json<Tokens>(await refresh(after, tokens.refresh_token))
    expect((await get(after, '/auth/me', fresh.access_token)).status).toBe(200)
    await running.pop()?.close()
  } finally {
    await rm(join(database, '../..'), { recursive: true, force: true })
  }
})

test('the dev server of Vite serves it under /api, and everything else itself', async () => {
  const server = await createServer({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'silent',
    appType: 'custom',
    server: { host: '127.0.0.1', port: 0, watch: null },
    optimizeDeps: { noDiscovery: true },
    plugins: [playgroundApi({ database: ':memory:' })],
  })
  try {
    await server.listen()
    const origin = server.resolvedUrls?.local[0]
    const stats = await fetch(`${origin}api/debug/stats`)
    expect(await stats.json()).toEqual({ logins: 0, refreshes: 0, reuses: 0, unauthorized: 0, served: 0 })
    expect((await fetch(`${origin}api/nothing`)).headers.get('Content-Type')).toContain('application/json')
    expect((await fetch(`${origin}apiary`)).headers.get('Content-Type')).not.toContain('application/json')
  } finally {
    await server.close()
  }
})
