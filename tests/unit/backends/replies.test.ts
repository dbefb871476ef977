import axios from 'axios'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type AuthTokens, type BackendContext, httpBackend } from '../../../src/index.ts'
import { sourceOf } from '../../../src/token/reply-source.ts'
import { failure } from '../../support/outcomes.ts'
import { type Said, recordingAdapter } from '../../support/recording-adapter.ts'

const TOKENS: AuthTokens = { accessToken: 'AT1', refreshToken: 'RT1', tokenType: 'Bearer' }
const PAIR = { access_token: 'AT2', refresh_token: 'RT2' }

/** A server that gives these answers in turn, the last of them again and again. */
function talk(...says: Said[]): { context: BackendContext; urls: () => unknown[] } {
  const { adapter, sent } = recordingAdapter(() => says[Math.min(sent.length, says.length) - 1] ?? {})
  const http = axios.create({ adapter })
  return { context: { http, signal: new AbortController().signal }, urls: () => sent.map(({ url }) => url) }
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Said => ({
  status,
  data: JSON.stringify(body),
  headers,
})

describe('what an endpoint selects', () => {
  it('is the reply', async () => {
    const { context } = talk(json({ result: { session: PAIR } }))
    const select = ({ result }: { result: { session: object } }) => result.session
    const backend = httpBackend({ login: { select }, refresh: { url: '/again', select } })

    expect(await backend.login?.({}, context)).toEqual(PAIR)
    expect(await backend.refresh(TOKENS, context)).toEqual(PAIR)
  })

  it('is not asked of what has no members', async () => {
    const backend = httpBackend({ refresh: { select: ({ result }) => result } })

    for (const body of ['null', '<html>', '']) {
      expect(await backend.refresh(TOKENS, talk({ data: body }).context)).toEqual({})
    }
  })
})

describe('what is read off an answer', () => {
  it('may be a header', async () => {
    const { context } = talk(json({ id: 1 }, 200, { authorization: 'Bearer AT2' }))
    const backend = httpBackend({
      read: ({ headers, data }) => ({ access_token: String(headers.authorization).slice(7), user: data }),
    })

    expect(await backend.login?.({}, context)).toEqual({ access_token: 'AT2', user: { id: 1 } })
  })

  it('comes out of what the endpoint selects', async () => {
    const { context } = talk(json({ data: { at: 'AT2' } }))
    const backend = httpBackend<object, { data: { at: string } }>({
      refresh: { select: ({ data }) => data },
      read: ({ data }) => ({ access_token: Object(data).at }),
    })

    expect(await backend.refresh(TOKENS, context)).toEqual({ access_token: 'AT2' })
  })

  it('is malformed where there is nothing, never the end of the session', async () => {
    for (const nothing of [null, undefined, false]) {
      const { context } = talk(json({}))
      expect(await httpBackend({ read: () => nothing }).refresh(TOKENS, context)).toEqual({})
    }
  })
})

describe('a reply', () => {
  it.each(['null', '[]', '"x"', '17', '', '<html>', '{"code":40103}'])(
    'of %s is an object that knows its answer',
    async (body) => {
      const { context } = talk({ data: body, headers: { 'x-served-by': 'a' } })

      const reply = await httpBackend().refresh(TOKENS, context)

      expect(reply).toEqual(body.startsWith('{') ? JSON.parse(body) : {})
      expect(sourceOf(reply)?.headers['x-served-by']).toBe('a')
    },
  )

  it('shows its answer to nobody who copies or prints it', async () => {
    const reply = await httpBackend().refresh(TOKENS, talk(json(PAIR)).context)

    expect(JSON.stringify(reply)).toBe(JSON.stringify(PAIR))
    expect(sourceOf({ ...Object(reply) })).toBeUndefined()
  })

  it('may be frozen by who reads it', async () => {
    const backend = httpBackend({ read: () => Object.freeze({ ...PAIR }) })

    const reply = await backend.refresh(TOKENS, talk(json({})).context)

    expect(reply).toEqual(PAIR)
    expect(sourceOf(reply)?.status).toBe(200)
  })
})

describe('a backend whose server keeps the refresh token in a cookie', () => {
  it.each([
    ['at the top', { access: 'AT2', refresh: 'RT2' }, { access: 'AT2' }],
    ['in a wrapper', { data: { token: 'AT2', refreshToken: 'RT2' } }, { data: { token: 'AT2' } }],
    ['beside one', { tokens: { jwt: 'AT2' }, refresh_token: 'RT2' }, { tokens: { jwt: 'AT2' } }],
  ])('takes no refresh token from its answer, %s', async (_, body, taken) => {
    const backend = httpBackend({ cookie: true })

    expect(await backend.login?.({}, talk(json(body)).context)).toEqual(taken)
    expect(await backend.refresh(null, talk(json(body)).context)).toEqual(taken)
  })
})

describe('a backend whose server keeps everything in cookies', () => {
  const backend = httpBackend({ cookie: 'session' })

  it.each(['', 'null', '{}', '{"user":1}'])('takes %s for a session', async (body) => {
    const { context } = talk({ data: body })

    expect(await backend.login?.({}, context)).toBe(true)
    expect(await backend.refresh(null, context)).toBe(true)
    expect(backend.resumable).toBe(true)
  })

  it('sends credentials and no token', async () => {
    const { adapter, sent } = recordingAdapter()
    const context = { http: axios.create({ adapter }), signal: new AbortController().signal }

    await backend.login?.({ name: 'ada' }, context)
    await backend.refresh(null, context)
    await backend.logout?.(null, context)

    expect(sent.map(({ url, data, withCredentials }) => [url, data, withCredentials])).toEqual([
      ['/auth/login', '{"name":"ada"}', true],
      ['/auth/refresh', undefined, true],
      ['/auth/logout', undefined, true],
    ])
  })

  it('begins no session where `select` or `read` finds none, and says what came instead', async () => {
    const secondFactor = json({ two_factor: true })
    for (const wanting of [
      httpBackend({ cookie: 'session', login: { select: ({ two_factor }) => !two_factor } }),
      httpBackend({ cookie: 'session', read: ({ data }) => !data.two_factor }),
    ]) {
      expect(await failure(Promise.resolve(wanting.login?.({}, talk(secondFactor).context)))).toMatchObject({
        code: 'ERR_BAD_RESPONSE',
        response: { status: 200, data: { two_factor: true } },
      })
      expect(await wanting.login?.({}, talk(json({ two_factor: false })).context)).toBe(true)
    }
  })

  it('does not take a page for a refresh', async () => {
    const { context } = talk({ data: '<!doctype html><p>Welcome to our wifi' })

    expect(await failure(Promise.resolve(backend.refresh(null, context)))).toMatchObject({
      code: 'ERR_BAD_RESPONSE',
    })
  })
})

describe('a session that is alive as long as the user endpoint answers', () => {
  const backend = httpBackend({ cookie: 'session', refresh: false, user: '/me' })

  it('is alive with a user', async () => {
    const { context, urls } = talk(json({ id: 1 }))

    expect(await backend.refresh(null, context)).toBe(true)
    expect(urls()).toEqual(['/me'])
  })

  it.each<[string, Said]>([
    ['null', json(null)],
    ['no content', { status: 204, data: '' }],
  ])('is over with %s', async (_, said) => {
    expect(await backend.refresh(null, talk(said).context)).toBeNull()
  })

  it('is over where the endpoint selects nothing', async () => {
    const wrapped = httpBackend({
      cookie: 'session',
      refresh: false,
      user: { url: '/session', select: ({ user }) => user },
    })

    expect(await wrapped.refresh(null, talk(json({ user: null })).context)).toBeNull()
    expect(await wrapped.refresh(null, talk(json({})).context)).toBeNull()
    expect(await wrapped.refresh(null, talk(json({ user: { id: 1 } })).context)).toBe(true)
  })

  it('stays as it is where the server refuses, or something else answers', async () => {
    expect(await failure(Promise.resolve(backend.refresh(null, talk(json({}, 401)).context)))).toMatchObject({
      response: { status: 401 },
    })
    for (const body of ['<html>', '', '[]', '"x"']) {
      expect(
        await failure(Promise.resolve(backend.refresh(null, talk({ data: body }).context))),
      ).toMatchObject({ code: 'ERR_BAD_RESPONSE', response: { status: 200 } })
    }
  })

  it('is not told by a cache', async () => {
    vi.stubGlobal('location', new URL('https://app.ok/page'))
    onTestFinished(() => void vi.unstubAllGlobals())
    const { adapter, sent } = recordingAdapter(() => json({ id: 1 }))
    const context = { http: axios.create({ adapter }), signal: new AbortController().signal }

    await backend.refresh(null, context)

    expect(sent[0]).toMatchObject({ cache: false })
    expect(sent[0]?.headers.get('Cache-Control')).toBe('no-cache')
  })

  it('has to have one', () => {
    expect(() => httpBackend({ cookie: 'session', refresh: false })).toThrow(/httpBackend\(\{ user/)
  })
})

describe('whether the server is asked when nothing is stored', () => {
  it.each([
    [{}, false],
    [{ cookie: true }, true],
    [{ cookie: true, refresh: false }, false],
    [{ cookie: 'session' }, true],
    [{ cookie: 'session', refresh: false, user: '/me' }, true],
  ] as const)('%o: %s', (options, resumable) => {
    expect(httpBackend(options).resumable).toBe(resumable)
  })
})

describe('a CSRF cookie', () => {
  const backend = httpBackend({ csrf: '/csrf', cookie: 'session' })

  it('is fetched before a login', async () => {
    const { context, urls } = talk({})

    await backend.login?.({}, context)

    expect(urls()).toEqual(['/csrf', '/auth/login'])
  })

  it.each<[string, Said]>([
    ['419', json({ message: 'CSRF token mismatch.' }, 419)],
    ['403 with a word on it', json({ detail: 'CSRF Failed: CSRF token missing.' }, 403)],
    ['403 with a page on it', { status: 403, data: '<p>CSRF verification failed.' }],
  ])('is fetched where an answer is %s, and the request sent again', async (_, said) => {
    for (const name of ['refresh', 'logout'] as const) {
      const { context, urls } = talk(said, {}, {})

      await backend[name]?.(null, context)

      expect(urls()).toEqual([`/auth/${name}`, '/csrf', `/auth/${name}`])
    }
  })

  it('is fetched once: the second answer counts', async () => {
    const { context, urls } = talk(json({}, 419), {}, json({}, 419))

    expect(await failure(Promise.resolve(backend.refresh(null, context)))).toMatchObject({
      response: { status: 419 },
    })
    expect(urls()).toHaveLength(3)
  })

  it('helps against nothing else, and not where there is none', async () => {
    for (const [asking, said] of [
      [backend, json({ detail: 'no' }, 403)],
      [backend, json({}, 401)],
      [httpBackend({ cookie: 'session' }), json({}, 419)],
    ] as const) {
      const { context, urls } = talk(said)
      await failure(Promise.resolve(asking.refresh(null, context)))
      expect(urls()).toEqual(['/auth/refresh'])
    }
  })

  it('may come another way', async () => {
    const { adapter, sent } = recordingAdapter()
    const context = { http: axios.create({ adapter }), signal: new AbortController().signal }

    await httpBackend({ csrf: { url: '/token', method: 'POST', headers: { 'X-A': 'b' } } }).login?.(
      {},
      context,
    )

    expect([sent[0]?.method, sent[0]?.url, sent[0]?.headers.get('X-A')]).toEqual(['post', '/token', 'b'])
  })
})
