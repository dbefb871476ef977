import { describe, expect, test } from 'vitest'
import { jwt } from '../../support/jwt.ts'
import { expectNoRefresh } from '../../support/no-refresh.ts'
import { failure, outcomes, statuses, times } from '../../support/outcomes.ts'
import { Shelf } from '../../support/shelf.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

/** A record as the library wrote it, and what a stranger made of it. */
type Forge = (record: { tokens: Record<string, unknown> } & Record<string, unknown>) => unknown

const forgeries: Record<string, Forge> = {
  'without tokens': ({ tokens: _tokens, ...rest }) => rest,
  'with tokens that are null': (record) => ({ ...record, tokens: null }),
  'with tokens that are a list': (record) => ({ ...record, tokens: ['AT-1-1'] }),
  'with tokens that are text': (record) => ({ ...record, tokens: 'AT-1-1' }),
  'with a numeric access token': (record) => ({ ...record, tokens: { ...record.tokens, accessToken: 42 } }),
  'with an empty access token': (record) => ({ ...record, tokens: { ...record.tokens, accessToken: '' } }),
  'with an access token of two lines': (record) => ({
    ...record,
    tokens: { ...record.tokens, accessToken: 'AT-1-1\r\nX-Evil: 1' },
  }),
  'with a numeric refresh token': (record) => ({ ...record, tokens: { ...record.tokens, refreshToken: 42 } }),
  'with a refresh token that is a list': (record) => ({
    ...record,
    tokens: { ...record.tokens, refreshToken: [] },
  }),
  'with a token type of two lines': (record) => ({
    ...record,
    tokens: { ...record.tokens, tokenType: 'Bearer\n' },
  }),
  'with an end that is text': (record) => ({ ...record, tokens: { ...record.tokens, expiresAt: 'soon' } }),
  'with an end that is an object': (record) => ({ ...record, tokens: { ...record.tokens, expiresAt: {} } }),
}

async function startWith(text: string) {
  const server = await startServer()
  const storage = new Shelf({ auth: text })
  const client = visit(server, { storage })
  await client.store.ready()
  return { ...client, server, storage }
}

describe('50. a stored record', () => {
  test.each([
    'null',
    '[]',
    '"x"',
    '{}',
    '42',
    'true',
    '',
    ' ',
    'undefined',
    '{"v":1,"id":"a","tokens":{"accessToken":"AT-1-1","ref',
    '[{"v":1,"id":"a","tokens":{"accessToken":"AT-1-1"}}]',
    '\u0000\u0001\ufeff',
    '{"__proto__":{"v":1,"id":"a","tokens":{"accessToken":"AT-1-1"}}}',
  ])('that reads %j is no session, and signing in works', async (text) => {
    const { http, server, store } = await startWith(text)

    expect(store.status).toBe('anonymous')
    expect(store.tokens).toBeNull()
    await store.login({})
    expect((await http.get('/items/1')).status).toBe(200)
    expectNoRefresh(server, store)
  })

  test('of a megabyte is no session', async () => {
    const junk = 'x'.repeat(1024 * 1024)
    const { store } = await startWith(
      JSON.stringify({ v: 1, id: 'a', tokens: { accessToken: 'AT-1-1' }, junk }),
    )

    expect(store.status).toBe('anonymous')
  })

  test.each(Object.entries(forgeries))('%s is no session', async (_name, forge) => {
    const server = await startServer()
    const storage = new Shelf()
    const { app } = await signIn(server, { storage })
    app.unmount()
    const record = JSON.parse(storage.items.get('vue-auth-axios:authAxios')!)
    storage.items.set('vue-auth-axios:authAxios', JSON.stringify(forge(record)))

    const { http, store } = visit(server, { storage })
    await store.ready()

    expect(store.status).toBe('anonymous')
    await failure(http.get('/items/1'))
    expect(server.to('/items').map(({ authorization }) => authorization)).toEqual([undefined])
  })

  test.each([NaN, 1e308, -1e308, -1, 0, 'soon', {}, null])(
    'whose refresh is due at %j causes at most one refresh',
    async (refreshAt) => {
      const server = await startServer()
      const storage = new Shelf()
      const { app } = await signIn(server, { storage })
      app.unmount()
      const record = JSON.parse(storage.items.get('vue-auth-axios:authAxios')!)
      storage.items.set('vue-auth-axios:authAxios', JSON.stringify({ ...record, refreshAt }))

      const { http } = visit(server, { storage })
      const { values } = await outcomes(times(5, (n) => http.get(`/items/${n}`)))

      expect(statuses(values)).toEqual(times(5, () => 200))
      expect(server.to('/auth/refresh').length).toBeLessThanOrEqual(1)
    },
  )

  test('that holds more than a session brings nothing of it in', async () => {
    const server = await startServer()
    const storage = new Shelf()
    const { app } = await signIn(server, { storage })
    app.unmount()
    const record = JSON.parse(storage.items.get('vue-auth-axios:authAxios')!)
    const tokens = { ...record.tokens, isAdmin: true, __proto__: { role: 'admin' } }
    storage.items.set('vue-auth-axios:authAxios', JSON.stringify({ ...record, tokens }))

    const { store } = visit(server, { storage })
    await store.ready()

    expect(store.status).toBe('authenticated')
    expect(store.tokens).not.toHaveProperty('isAdmin')
    expect(store.tokens).not.toHaveProperty('role')
  })
})

describe('51. an access token', () => {
  const now = Math.floor(Date.now() / 1000)
  test.each<[string, string]>([
    ['of two parts', 'eyJhbGciOiJub25lIn0.eyJleHAiOjF9'],
    ['of five parts', 'a.b.c.d.e'],
    ['that is not base64url', 'a.%%%.c'],
    ['whose payload is not JSON', `a.${Buffer.from('{"exp":').toString('base64url')}.c`],
    ['whose payload is null', jwt(null)],
    ['whose payload is a list', jwt([1, 2])],
    ['whose payload is a number', jwt(7)],
    ['whose exp is text', jwt({ iat: now, exp: String(now + 60) })],
    ['whose exp is NaN', jwt({ iat: now, exp: NaN })],
    ['whose exp is 1e308', jwt({ iat: now, exp: 1e308 })],
    ['whose exp is 1e308 and whose iat is missing', jwt({ exp: 1e308 })],
    ['whose exp is negative', jwt({ iat: now, exp: -1 })],
    ['whose exp is before its iat', jwt({ iat: now, exp: now - 60 })],
    ['whose exp is an object', jwt({ iat: now, exp: {} })],
    ['whose iat is text', jwt({ iat: 'now', exp: now + 60 })],
    ['whose iat is -1e308', jwt({ iat: -1e308, exp: now + 60 })],
    ['of dots alone', '..'],
  ])('%s is taken as it is: requests carry it and no refresh follows', async (_name, token) => {
    const server = await startServer()
    server.mint = () => token
    const { http, store } = visit(server)

    await store.login({})
    const { values } = await outcomes(times(4, (n) => http.get(`/items/${n}`)))

    expect(statuses(values)).toEqual([200, 200, 200, 200])
    expect(store.accessToken).toBe(token)
    expect(store.expiresAt === null || !Number.isNaN(new Date(store.expiresAt).getTime())).toBe(true)
    expectNoRefresh(server, store)
  })
})

test.each([
  null,
  undefined,
  'AT-1-1',
  {},
  [],
  { access_token: '' },
  { accessToken: 42 },
  { access_token: 'a b' },
  { access_token: 'a\nb' },
  { access_token: 'AT', token_type: 'Be arer' },
])('tokens handed over as %j are refused with a type, and the session there is stays', async (tokens) => {
  const server = await startServer()
  const { store } = await signIn(server)

  expect(await failure(store.setTokens(tokens as never))).toMatchObject({ code: 'ERR_BAD_RESPONSE' })

  expect(store.accessToken).toBe('AT-1-1')
})

test.each(['', 'null', '[]', '{}', '<html></html>', '{"access_token":42}', '{"error":"nope"}'])(
  'a login answered %j with status 200 is a malformed answer and no session',
  async (body) => {
    const server = await startServer()
    const storage = new Shelf()
    server.answers = ({ path }) => (path === '/auth/login' ? { status: 200, body } : undefined)
    const { store } = visit(server, { storage })

    expect(await failure(store.login({}))).toMatchObject({ code: 'ERR_BAD_RESPONSE' })

    expect(store.status).toBe('anonymous')
    expect(storage.items.size).toBe(0)
  },
)
