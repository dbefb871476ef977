import { Readable } from 'node:stream'
import type { AxiosError } from 'axios'
import { expect, test } from 'vitest'
import { expectConsole } from '../../support/expect-console.ts'
import { gate } from '../../support/gate.ts'
import { failure } from '../../support/outcomes.ts'
import { signIn, startServer } from '../../support/world.ts'

test('9. a 401 that arrives after the refresh it would have caused is replayed without another refresh', async () => {
  const server = await startServer()
  const late = gate()
  server.hold = ({ path, authorization }) =>
    path === '/items/b' && authorization === 'Bearer AT-1-1' ? late.passed : undefined
  const { http } = await signIn(server)
  server.expire()

  const b = http.get('/items/b')
  await server.arrived('/items/b')
  expect((await http.get('/items/a')).status).toBe(200)
  late.open()

  expect((await b).data.path).toBe('/items/b')
  expect(server.to('/items/b').map(({ authorization }) => authorization)).toEqual([
    'Bearer AT-1-1',
    'Bearer AT-1-2',
  ])
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('9. answers that trickle in over several refreshes are replayed with the newest token', async () => {
  const server = await startServer()
  const late = gate()
  server.hold = ({ path, authorization }) =>
    path === '/items/b' && authorization === 'Bearer AT-1-1' ? late.passed : undefined
  const { http } = await signIn(server)
  server.expire()

  const b = http.get('/items/b')
  await server.arrived('/items/b')
  await http.get('/items/a')
  server.expire()
  await http.get('/items/a')
  late.open()

  expect((await b).status).toBe(200)
  expect(server.to('/items/b').at(-1)?.authorization).toBe('Bearer AT-1-3')
  expect(server.to('/auth/refresh')).toHaveLength(2)
})

test('10. a replay that is answered 401 again is the answer of the caller, after one refresh', async () => {
  const server = await startServer()
  server.answers = ({ path }) =>
    path.startsWith('/items') ? { status: 401, body: '{"error":"always"}' } : undefined
  const { http, store } = await signIn(server)

  const error = (await failure(http.get('/items/1'))) as AxiosError

  expect(error.name).toBe('AxiosError')
  expect(error.response).toMatchObject({ status: 401, data: { error: 'always' } })
  expect(server.to('/items')).toHaveLength(2)
  expect(server.to('/auth/refresh')).toHaveLength(1)
  expect(store.isAuthenticated).toBe(true)
})

test.each([
  [403, {}],
  [403, { 'www-authenticate': 'Bearer error="invalid_token"' }],
  [401, { 'www-authenticate': 'Bearer realm="items", error="insufficient_scope", scope="admin"' }],
  [401, { 'www-authenticate': 'Bearer error=insufficient_scope' }],
  [401, { 'www-authenticate': 'Bearer error="insufficient_user_authentication", acr_values="mfa"' }],
])('11. a %s with %j is passed on and costs no refresh', async (status, headers) => {
  const server = await startServer()
  server.answers = ({ path }) => (path.startsWith('/items') ? { status, headers } : undefined)
  const { http, store } = await signIn(server)

  expect(await failure(http.get('/items/1'))).toMatchObject({ name: 'AxiosError', response: { status } })
  expect(server.to('/items')).toHaveLength(1)
  expect(server.to('/auth/refresh')).toHaveLength(0)
  expect(store.isAuthenticated).toBe(true)
})

test.each([
  undefined,
  'Bearer',
  'Bearer realm="items"',
  'Bearer error="invalid_token", error_description="error=insufficient_scope"',
  'Basic realm="items", Bearer error="invalid_token"',
])('11. a 401 with the challenge %s is refreshed', async (challenge) => {
  const server = await startServer()
  server.answers = ({ path }, isAuthorised) =>
    path.startsWith('/items') && !isAuthorised
      ? { status: 401, headers: challenge === undefined ? {} : { 'www-authenticate': challenge } }
      : undefined
  const { http } = await signIn(server)
  server.expire()

  expect((await http.get('/items/1')).status).toBe(200)
  expect(server.to('/auth/refresh')).toHaveLength(1)
})

test('12. a request marked withAuth: false carries no token, and its 401 is passed on', async () => {
  const server = await startServer()
  const { http } = await signIn(server)

  const error = await failure(http.post('/items/sign-in', { password: 'wrong' }, { withAuth: false }))

  expect(error).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
  expect(server.to('/items').map(({ authorization }) => authorization)).toEqual([undefined])
  expect(server.to('/auth/refresh')).toHaveLength(0)
})

test('12. a wrong password at the login endpoint is an error of the login and nothing else', async () => {
  const server = await startServer()
  server.answers = ({ path }) =>
    path === '/auth/login' ? { status: 401, body: '{"error":"wrong"}' } : undefined
  const { store } = await signIn(server)

  expect(await failure(store.login({ username: 'ada', password: 'x' }))).toMatchObject({
    response: { status: 401, data: { error: 'wrong' } },
  })
  expect(store.isAuthenticated).toBe(true)
  expect(server.to('/auth/refresh')).toHaveLength(0)
})

test('13. a consumed stream is not sent again: the caller gets the 401, and the next one a fresh token', async () => {
  const server = await startServer()
  const { http } = await signIn(server)
  server.expire()

  const error = (await failure(http.post('/items/1', Readable.from(['once'])))) as AxiosError

  expect(error).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
  expect(server.to('/items').map(({ body }) => body.toString())).toEqual(['once'])
  expect((await http.get('/items/2')).status).toBe(200)
  expect(server.to('/auth/refresh')).toHaveLength(1)
  expect(server.to('/items/2').at(-1)?.authorization).toBe('Bearer AT-1-2')
})

test.each(['Authorization', 'authorization', 'AUTHORIZATION'])(
  '14. a header %s of the caller is left alone, and its 401 is his own',
  async (name) => {
    const server = await startServer()
    const { http } = await signIn(server)

    const error = await failure(http.get('/items/1', { headers: { [name]: 'Bearer mine' } }))

    expect(error).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
    expect(server.to('/items').map(({ authorization }) => authorization)).toEqual(['Bearer mine'])
    expect(server.to('/auth/refresh')).toHaveLength(0)
    expectConsole('warn', 'Authorization header of its own')
  },
)
