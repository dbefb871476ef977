import { describe, expect, test } from 'vitest'
import type { AuthAxiosOptions } from '../../../src/index.ts'
import { signIn, startServer } from '../../support/world.ts'

/** Two servers that only share their machine: the first sends everything below `/away` to the second. */
async function twoServers(options: AuthAxiosOptions = {}) {
  const [home, away] = [await startServer(), await startServer()]
  home.answers = ({ path }) => {
    if (path === '/away') return { status: 307, headers: { location: `${away.url}/landed` } }
    if (path === '/moved') return { status: 307, headers: { location: `${home.url}/items/1` } }
    return undefined
  }
  away.answers = () => ({ status: 200, body: '{}' })
  const client = await signIn(home, { axios: { baseURL: home.url, adapter: 'http' }, ...options })
  return { home, away, ...client }
}

describe('finding 25: in Node, a request that is redirected to another host', () => {
  test.each<[string, AuthAxiosOptions, string]>([
    ['Authorization', {}, 'authorization'],
    [
      'a header of its own',
      { authorize: (headers, { accessToken }) => headers.set('X-Session', accessToken) },
      'x-session',
    ],
    [
      'a signature',
      { authorize: async (headers) => void headers.set('X-Signature', 'of this request') },
      'x-signature',
    ],
  ])('does not take the token along, in %s', async (_name, options, header) => {
    const { home, away, http } = await twoServers(options)

    await http.post('/away', { a: 1 }, { headers: { 'X-App': 'kept' } })

    expect(home.to('/away')[0]?.headers[header]).toBeDefined()
    const [landed] = away.to('/landed')
    expect(landed?.headers[header]).toBeUndefined()
    expect(landed?.headers['x-app']).toBe('kept')
    expect(landed?.headers['content-type']).toContain('application/json')
    expect(String(landed?.body)).toBe('{"a":1}')
  })

  test('and whose 401 comes from there is not the session’s', async () => {
    for (const shouldRefresh of [undefined, () => true]) {
      const { home, away, http, store } = await twoServers(shouldRefresh && { shouldRefresh })
      away.answers = () => ({ status: 401, body: '{}' })

      const answer = await http.get('/away', { validateStatus: () => true })

      expect(answer.status).toBe(401)
      expect(home.to('/auth/refresh')).toEqual([])
      expect(store.status).toBe('authenticated')
    }
  })

  test('takes it along within its own', async () => {
    const { home, http } = await twoServers({
      authorize: (headers, { accessToken, tokenType }) =>
        headers.set('X-Session', accessToken).set('Authorization', `${tokenType} ${accessToken}`),
    })

    expect((await http.get('/moved')).status).toBe(200)
    expect(home.to('/items/1')[0]?.headers['x-session']).toBe('AT-1-1')

    home.expire()
    expect((await http.get('/moved')).status).toBe(200)
    expect(home.to('/auth/refresh')).toHaveLength(1)
  })

  test('is shown to the application’s own beforeRedirect, without the token', async () => {
    const { http } = await twoServers({ authorize: (headers) => headers.set('X-Session', 'secret') })
    const seen: unknown[] = []

    await http.get('/away', { beforeRedirect: ({ headers }) => void seen.push(headers['X-Session']) })

    expect(seen).toEqual([undefined])
  })
})
