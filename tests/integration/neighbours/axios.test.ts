import axios from 'axios'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { clientOf } from '../../support/client-of.ts'
import { signIn, startServer } from '../../support/world.ts'

/** What axios reads off a config, what the library reads off its options, backends and tokens, and what JavaScript reads. */
const NAMES = `
  adapter allowAbsoluteUrls auth baseURL beforeRedirect cancelToken data env formSerializer
  headers httpAgent httpsAgent insecureHTTPParser lookup maxBodyLength maxContentLength maxRate
  maxRedirects onDownloadProgress onUploadProgress params paramsSerializer parseReviver proxy
  responseEncoding responseType signal socketPath timeout transformRequest transformResponse
  transitional transport validateStatus withCredentials withXSRFToken xsrfCookieName
  xsrfHeaderName runWhen synchronous withAuth sessionId attachTo authorize shouldRefresh
  isSessionOver readTokens onSessionEnd retries ended explain tokens user tokenType refreshToken
  expiresAt access_token refresh_token expires_in expires_at token_type isHidden response get set
  writable enumerable configurable
`
  .trim()
  .split(/\s+/)

const evil = vi.fn(() => 'evil')

/** Whether plain axios goes through it unharmed: what it does not survive is not ours to mend. */
async function survives(url: string): Promise<boolean> {
  evil.mockClear()
  try {
    const plain = axios.create({ baseURL: url })
    await Promise.all([
      plain.get('/public/plain'),
      plain.post('/public/plain', { amount: 1, refresh_token: 'RT' }),
    ])
    return evil.mock.calls.length === 0
  } catch {
    return false
  }
}

const VALUES = ['evil', evil, { evil: true }]

const pollute = (name: string, value: unknown, writable: boolean) =>
  Reflect.defineProperty(
    Object.prototype,
    name,
    Object.assign(Object.create(null), { value, writable, configurable: true }),
  )

let unharmed = 0

describe('finding 22: where a polluted Object.prototype does not harm plain axios', () => {
  afterEach(() => {
    for (const name of NAMES) Reflect.deleteProperty(Object.prototype, name)
  })

  test.each(NAMES)('%s on it changes nothing of a request, a refresh and a replay', async (name) => {
    for (const value of VALUES) {
      for (const writable of [true, false]) {
        const server = await startServer()
        const { http, store } = await signIn(server, clientOf(server, { refreshTimeout: 500 }))
        server.expire()
        pollute(name, value, writable)
        const isOfUse = await survives(server.url)
        evil.mockClear()
        const answers = isOfUse
          ? await Promise.allSettled([http.get('/items/1'), http.post('/items/2', { amount: 1 })])
          : []
        Reflect.deleteProperty(Object.prototype, name)
        if (!isOfUse) continue
        unharmed++

        expect(answers).toMatchObject([1, 1].map((session) => ({ value: { data: { session } } })))
        expect(store.status).toBe('authenticated')
        expect(server.to('/auth/refresh')).toHaveLength(1)
        expect(server.to('/items/2').map(({ body }) => `${body}`)).toEqual(Array(2).fill('{"amount":1}'))
        expect(evil).not.toHaveBeenCalled()
      }
    }
  })

  test('asks more than a few names of axios that way', () => {
    expect(unharmed).toBeGreaterThan(4 * NAMES.length)
  })
})
