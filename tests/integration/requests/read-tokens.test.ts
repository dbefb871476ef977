import type { AxiosResponse } from 'axios'
import { describe, expect, test } from 'vitest'
import type { TokenReply } from '../../../src/index.ts'
import { Shelf } from '../../support/shelf.ts'
import { signIn, startServer, visit } from '../../support/world.ts'

const RENEWED = 'x-renewed-token'

/** Reads the token that an answer brings in a header. */
const readTokens = ({ headers }: AxiosResponse): TokenReply | null =>
  headers[RENEWED] ? { access_token: String(headers[RENEWED]) } : null

/** A server that answers these paths with a header of that value, whoever asks. */
async function renewing(tokens: Record<string, string>) {
  const server = await startServer()
  server.answers = ({ path }) =>
    path in tokens ? { status: 200, headers: { [RENEWED]: tokens[path]! }, body: '{}' } : undefined
  return server
}

describe('readTokens', () => {
  test('puts what an answer brings in the place of what the session had, and leaves the rest', async () => {
    const server = await renewing({ '/items/renewed': 'AT-new' })
    const storage = new Shelf()
    const { http, store, app } = await signIn(server, { readTokens, storage })
    const { sessionId } = store

    await http.get('/items/renewed')

    expect(store.tokens).toMatchObject({ accessToken: 'AT-new', refreshToken: 'RT-1-1' })
    expect(store.sessionId).toBe(sessionId)
    app.unmount()
    const later = visit(server, { storage })
    await later.store.ready()
    expect(later.store.sessionId).toBe(sessionId)
    await later.http.get('/items/renewed')
    expect(server.to('/items/renewed').map(({ authorization }) => authorization)).toEqual([
      'Bearer AT-1-1',
      'Bearer AT-new',
    ])
  })

  test('reads nothing from an answer to a request without a token', async () => {
    const server = await renewing({ '/items/renewed': 'AT-new' })
    const { http, store } = await signIn(server, { readTokens })

    await http.get('/items/renewed', { withAuth: false })

    expect(store.accessToken).toBe('AT-1-1')
  })

  test('ignores an answer to tokens that have been replaced since', async () => {
    const server = await renewing({ '/items/late': 'AT-late', '/items/soon': 'AT-soon' })
    const late = Promise.withResolvers<void>()
    server.hold = ({ path }) => (path === '/items/late' ? late.promise : undefined)
    const { http, store } = await signIn(server, { readTokens })

    const slow = http.get('/items/late')
    await server.arrived('/items/late')
    await http.get('/items/soon')
    late.resolve()
    await slow

    expect(store.accessToken).toBe('AT-soon')
  })

  test('lets a refresh that is pending have the last word', async () => {
    const server = await renewing({ '/items/late': 'AT-late' })
    const [late, refreshed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    server.hold = ({ path }) =>
      ({ '/items/late': late.promise, '/auth/refresh': refreshed.promise })[path] ?? undefined
    const { http, store } = await signIn(server, { readTokens })

    const slow = http.get('/items/late')
    await server.arrived('/items/late')
    const refresh = store.refresh()
    await server.arrived('/auth/refresh')
    late.resolve()
    await slow
    expect(store.accessToken).toBe('AT-1-1')
    refreshed.resolve()
    await refresh

    expect(store.tokens).toMatchObject({ accessToken: 'AT-1-2', refreshToken: 'RT-1-2' })
  })

  test('reads the answer to a replay as well', async () => {
    const server = await startServer()
    server.answers = ({ path, authorization }) =>
      path === '/items/renewed' && authorization === 'Bearer AT-1-2'
        ? { status: 200, headers: { [RENEWED]: 'AT-new' }, body: '{}' }
        : undefined
    const { http, store } = await signIn(server, { readTokens })
    server.expire()

    await http.get('/items/renewed')

    expect(store.tokens).toMatchObject({ accessToken: 'AT-new', refreshToken: 'RT-1-2' })
  })

  test.each<[string, (response: AxiosResponse) => TokenReply | null | undefined, string]>([
    ['throws', () => fail('no header'), 'no header'],
    ['gives what are no tokens', () => ({ session: 'none' }) as never, 'no usable access token'],
  ])('costs nobody an answer where it %s: the application hears of it', async (_, broken, message) => {
    const server = await startServer()
    const errors: unknown[] = []
    const { http, store } = await signIn(server, { readTokens: broken }, (app) => {
      app.config.errorHandler = (error) => void errors.push(error)
    })

    expect((await http.get('/items/1')).status).toBe(200)

    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })])
    expect(store.accessToken).toBe('AT-1-1')
  })
})

function fail(message: string): never {
  throw new Error(message)
}
