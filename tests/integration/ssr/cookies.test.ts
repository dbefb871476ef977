import { describe, expect, test } from 'vitest'
import { authOnServer } from '../../../playground/setups/ssr-cookies.ts'
import { cookieOf, cookiesOf, recordIn } from '../../support/ssr/cookies.ts'
import { pageServer } from '../../support/ssr/server.ts'
import { startServer } from '../../support/world.ts'

describe('a server that renders with the session in the cookies of the request (playground/setups/ssr-cookies.ts)', () => {
  test('renders the page of somebody who has no cookie for a stranger', async () => {
    const api = await startServer()

    const answer = await pageServer(authOnServer, api.url).request('/')

    expect(await answer.text()).toContain('Hello stranger')
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test('renders the page of somebody who is signed in, with what only he may see', async () => {
    const api = await startServer()
    const headers = { cookie: await cookiesOf(api) }

    const html = await (await pageServer(authOnServer, api.url).request('/', { headers })).text()

    expect(html).toContain('Hello 1')
    expect(html).toContain('{&quot;path&quot;:&quot;/orders&quot;,&quot;session&quot;:1}')
  })

  test('lets in whom a guard lets in, and sends every other one to sign in', async () => {
    const api = await startServer()
    const server = pageServer(authOnServer, api.url)
    const headers = { cookie: await cookiesOf(api) }

    const known = await server.request('/secret', { headers })
    const mine = await server.request('/mine', { headers })
    const stranger = await server.request('/secret')

    expect(await known.text()).toContain('Secret')
    expect(await mine.text()).toContain('Hello 1')
    expect([stranger.status, stranger.headers.get('location')]).toEqual([302, '/login?redirect=/secret'])
  })

  test('takes a login, and the next page knows who it is', async () => {
    const api = await startServer()
    const server = pageServer(authOnServer, api.url)

    const login = await server.request('/session', {
      method: 'POST',
      body: JSON.stringify({ username: 'ada', password: 'ada' }),
      headers: { 'content-type': 'application/json' },
    })
    const record = recordIn(login) ?? ''
    const page = await server.request('/', { headers: { cookie: cookieOf(record) } })

    expect(login.status).toBe(204)
    expect(login.headers.getSetCookie()).toEqual([expect.stringMatching(/; Path=\/; Secure; SameSite=Lax/)])
    expect(record).toContain('"refreshToken":"RT-1-1"')
    expect(await page.text()).toContain('Hello 1')
  })

  test('takes a logout, and the cookie with it', async () => {
    const api = await startServer()
    const headers = { cookie: await cookiesOf(api) }

    const logout = await pageServer(authOnServer, api.url).request('/session', { method: 'DELETE', headers })

    expect(recordIn(logout)).toBe('')
    expect(api.to('/auth/logout').map(({ body }) => body.toString())).toEqual(['{"refresh_token":"RT-1-1"}'])
  })

  test('leaves the refresh of a token that has died to the page, however many pages are rendered at once', async () => {
    const api = await startServer()
    const headers = { cookie: await cookiesOf(api) }
    api.expire()
    const server = pageServer(authOnServer, api.url)

    const answers = await Promise.all([1, 2, 3].map(() => server.request('/', { headers })))

    for (const answer of answers) {
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('ERR_AUTH_REFRESH')
      expect(answer.headers.getSetCookie(), 'the session is kept').toEqual([])
    }
    expect(api.to('/auth/refresh')).toEqual([])
    expect(api.reuses).toBe(0)
  })

  test.each(['', 'null', '%', '{"v":1', 'x'.repeat(4_000), '{"__proto__":{"v":1}}'])(
    'takes a cookie that is no session for none: %.20s',
    async (record) => {
      const api = await startServer()
      const headers = { cookie: record === '%' ? 'auth=%' : cookieOf(record) }

      const answer = await pageServer(authOnServer, api.url).request('/', { headers })

      expect(await answer.text()).toContain('Hello stranger')
    },
  )
})
