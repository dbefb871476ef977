import MockAdapter from 'axios-mock-adapter'
import { describe, expect, onTestFinished, test } from 'vitest'
import { httpBackend } from '../../../src/index.ts'
import { install } from '../../support/app.ts'
import { type Neighbour, getsAlong, visitWith } from '../../support/neighbours.ts'
import { failure, times } from '../../support/outcomes.ts'

/** The recipe: some paths are mocked, the others go to the server; whichever adapter is set last is the one that is called. */
const passThrough: Neighbour = {
  arrange({ http }) {
    const mock = new MockAdapter(http)
    mock.onGet('/mocked').reply(200, { mocked: true })
    mock.onAny().passThrough()
    return (path, signal) => http.get(path, { ...(signal && { signal }) }).then(({ data }) => data)
  },
}

describe('axios-mock-adapter in front of a server', () => {
  getsAlong(passThrough)

  test('answers what it mocks', async () => {
    const { server, ask } = await visitWith(passThrough)

    expect(await ask('/mocked')).toEqual({ mocked: true })
    expect(server.arrivals).toHaveLength(0)
  })
})

/** The recipe for tests: the mock is all the server there is, for the backend's requests as well. */
function mockedApp() {
  const { app, auth, store } = install({
    axios: { baseURL: '/api' },
    backend: httpBackend({ user: '/auth/me' }),
  })
  onTestFinished(() => app.unmount())
  const mock = new MockAdapter(auth.http)
  let turn = 1
  mock.onPost('/auth/refresh').reply(() => [200, { access_token: `AT${++turn}`, refresh_token: `RT${turn}` }])
  mock.onGet('/auth/me').reply(200, { id: 1, name: 'Ada' })
  mock
    .onGet(/items/)
    .reply(({ headers, url }) =>
      headers?.Authorization === `Bearer AT${turn}` && turn > 1 ? [200, { url }] : [401, {}],
    )
  return { http: auth.http, store, mock }
}

describe('axios-mock-adapter as the server', () => {
  test('plays expiry: twenty requests, one refresh', async () => {
    const { http, store, mock } = mockedApp()
    await store.setTokens({ access_token: 'AT1', refresh_token: 'RT1' })

    const answers = await Promise.all(times(20, (n) => http.get(`/items/${n}`)))

    expect(answers.map(({ data }) => data)).toEqual(times(20, (n) => ({ url: `/items/${n}` })))
    expect(mock.history.post.filter(({ url }) => url === '/auth/refresh')).toHaveLength(1)
  })

  test('finding 23: what it answers is the request’s own: without the token, whatever is mocked at once', async () => {
    const { http, store, mock } = mockedApp()
    await store.setTokens({ access_token: 'AT1', refresh_token: 'RT1' })
    mock.onGet('/broken').reply(500)
    mock.onGet('/lost').networkError()
    mock.onGet('/slow').timeout()

    const { config } = await http.get('/items/1')
    expect([config.url, config.headers.Authorization]).toEqual(['/items/1', undefined])

    for (const path of ['/broken', '/lost', '/slow']) {
      const error = await failure(http.get(path))
      expect(error).toMatchObject({ config: { url: path } })
      expect(Object(error).config.headers.Authorization).toBeUndefined()
    }
  })
})
