import { HttpResponse, http } from 'msw'
import { type SetupServer, setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { ada } from './people.ts'
import { useQuietPage } from './quiet-page.ts'

/** Where the page and its API are: give it to happy-dom as its URL. */
export const ORIGIN = 'https://app.example'

const API = `${ORIGIN}/api`

/** A request as it reached the API. */
export interface SeenRequest {
  method: string
  /** Below the API's base. */
  path: string
  authorization: string | null
}

/** An API as a developer mocks it for his components: one user, access tokens that die, refresh tokens that rotate. */
export class MswApi {
  readonly seen: SeenRequest[] = []
  /** How often a refresh token came that had been replaced. */
  reuses = 0
  /** Whether refreshes are refused. */
  isRefusing = false
  /** Keeps the answers to a path back. */
  readonly held = new Map<string, Promise<void>>()
  /** For the handlers that a single test needs. */
  readonly server: SetupServer
  #turn = 0
  #isExpired = false

  constructor() {
    this.server = setupServer(
      http.post(`${API}/auth/login`, async ({ request }) => {
        const { username, password } = Object(await request.json())
        if (username !== ada.username || password !== 'ada') {
          return HttpResponse.json({ message: 'Wrong name or password.' }, { status: 401 })
        }
        return HttpResponse.json(this.grant())
      }),
      http.post(`${API}/auth/refresh`, async ({ request }) => {
        const { refresh_token: presented } = Object(await request.json())
        const isCurrent = presented === this.#refreshToken
        if (!isCurrent) this.reuses += 1
        await this.held.get('/auth/refresh')
        if (this.isRefusing || !isCurrent)
          return HttpResponse.json({ error: 'invalid_grant' }, { status: 400 })
        return HttpResponse.json(this.grant())
      }),
      http.post(`${API}/auth/logout`, async () => {
        await this.held.get('/auth/logout')
        return new HttpResponse(null, { status: 204 })
      }),
      http.get(`${API}/auth/me`, ({ request }) => this.#protect(request, ada)),
      http.get(`${API}/items/:id`, ({ request, params: { id } }) =>
        this.#protect(request, { id: Number(id), name: `Item ${id}` }),
      ),
    )
    this.server.events.on('request:start', ({ request }) => {
      const path = request.url.replace(API, '')
      this.seen.push({ method: request.method, path, authorization: request.headers.get('authorization') })
    })
  }

  /** Signs the user in without a request. */
  grant() {
    this.#turn += 1
    this.#isExpired = false
    return { access_token: this.#accessToken, refresh_token: this.#refreshToken, token_type: 'Bearer' }
  }

  /** Lets the access token die. */
  expire(): void {
    this.#isExpired = true
  }

  /** The requests that reached a path, or those below it. */
  to(path: string): SeenRequest[] {
    return this.seen.filter((request) => request.path.startsWith(path))
  }

  reset(): void {
    this.seen.length = 0
    this.reuses = 0
    this.isRefusing = false
    this.held.clear()
    this.server.resetHandlers()
  }

  get #accessToken(): string {
    return `AT-${this.#turn}`
  }

  get #refreshToken(): string {
    return `RT-${this.#turn}`
  }

  /** The token is judged when the request arrives; the answer may take its time. */
  async #protect(request: Request, body: object): Promise<Response> {
    const isValid = !this.#isExpired && request.headers.get('authorization') === `Bearer ${this.#accessToken}`
    await this.held.get(request.url.replace(API, ''))
    return isValid ? HttpResponse.json(body) : HttpResponse.json({ error: 'unauthorized' }, { status: 401 })
  }
}

/** Puts the API in the network's place for the tests of a file. A request it does not know fails the test. */
export function useMswApi(): MswApi {
  useQuietPage()
  const api = new MswApi()
  beforeAll(() => api.server.listen({ onUnhandledFrame: 'error' }))
  afterEach(() => api.reset())
  afterAll(() => api.server.close())
  return api
}
