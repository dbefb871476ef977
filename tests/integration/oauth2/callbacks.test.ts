// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/start" }

import { inspect } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { type OAuth2Backend, OAuth2Error, oauth2Backend } from '../../../src/oauth2/index.ts'
import { CLIENT_ID, type FakeProvider, ISSUER, useFakeProvider } from '../../support/oauth2/fake-provider.ts'

const CALLBACK = 'https://app.example/callback'

beforeEach(() => {
  sessionStorage.clear()
  history.replaceState(null, '', '/start')
})

/** Begins a sign-in, and answers it as the provider would unless told otherwise. */
async function begin(
  provider: FakeProvider,
  oauth: OAuth2Backend = oauth2Backend({ issuer: ISSUER, clientId: CLIENT_ID, redirectUri: '/callback' }),
  options: Parameters<OAuth2Backend['signIn']>[0] = {},
) {
  let left = ''
  await oauth.signIn({ ...options, open: (url) => void (left = url) })
  const query = new URL(left).searchParams
  const state = query.get('state')!
  const nonce = query.get('nonce')!
  provider.answers.push({
    body: {
      access_token: 'AT1',
      refresh_token: 'RT1',
      token_type: 'bearer',
      expires_in: 60,
      id_token: await provider.idToken({ nonce }),
    },
  })
  const answer = (parameters: Record<string, string | string[] | undefined> = {}, hash = '') => {
    const url = new URL(CALLBACK)
    for (const [name, value] of Object.entries({ code: 'CODE', state, iss: ISSUER, ...parameters })) {
      for (const each of [value ?? []].flat()) url.searchParams.append(name, each)
    }
    return url.href + hash
  }
  /** Opens an address, as the browser does after a redirect. */
  const open = (url: string) => {
    history.replaceState(null, '', url)
    return oauth.handleCallback()
  }
  return { oauth, left: new URL(left), query, state, nonce, answer, open }
}

const failureOf = (promise: Promise<unknown>): Promise<OAuth2Error> =>
  promise.then(
    () => expect.unreachable(),
    (error) => {
      expect(error).toBeInstanceOf(OAuth2Error)
      return error
    },
  )

describe('a sign-in', () => {
  test('asks for a code, with a challenge, a state and a nonce of its own', async () => {
    const provider = useFakeProvider()
    const first = await begin(provider)
    const second = await begin(provider)

    expect(Object.fromEntries(first.query)).toMatchObject({
      response_type: 'code',
      client_id: CLIENT_ID,
      redirect_uri: CALLBACK,
      scope: 'openid',
      code_challenge_method: 'S256',
    })
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(first.query.get(name)).toMatch(/^[\w-]{43}$/)
      expect(first.query.get(name)).not.toBe(second.query.get(name))
    }
  })

  test('brings tokens and the way back, and takes the answer out of the address', async () => {
    const provider = useFakeProvider()
    const { answer, open } = await begin(provider)

    const { tokens, returnTo } = await open(answer())

    expect(tokens).toMatchObject({ accessToken: 'AT1', refreshToken: 'RT1', tokenType: 'Bearer' })
    expect(returnTo).toBe('/start')
    expect(location.href).toBe(CALLBACK)
    expect(Object.fromEntries(provider.to('/token')[0]!.body)).toMatchObject({
      grant_type: 'authorization_code',
      code: 'CODE',
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: CALLBACK,
    })
    expect(sessionStorage).toHaveLength(0)
  })

  test('leaves the rest of the address alone, in the state of a router too', async () => {
    const provider = useFakeProvider()
    const oauth = oauth2Backend({ issuer: ISSUER, clientId: CLIENT_ID, redirectUri: '/callback?by=id' })
    const { answer, open } = await begin(provider, oauth)
    const url = `${answer().replace('?', '?by=id&')}#/page?tab=2`
    history.replaceState({ current: '/callback?by=id&code=CODE&state=x#a', position: 3 }, '', url)

    await oauth.handleCallback()

    expect(location.href).toBe(`${CALLBACK}?by=id#/page?tab=2`)
    expect(history.state).toEqual({ current: '/callback?by=id#a', position: 3 })
    expect(open).toBeTypeOf('function')
  })

  test('says what it is told to say, and never what it must not', async () => {
    const provider = useFakeProvider()
    const oauth = oauth2Backend({
      server: provider.server,
      clientId: CLIENT_ID,
      redirectUri: '/callback',
      scope: 'openid offline_access',
      resource: ['https://a.example', 'https://b.example'],
      parameters: { prompt: 'consent', ui_locales: 'en' },
    })
    const { answer, open, query } = await begin(provider, oauth, {
      parameters: { prompt: 'login' },
      acrValues: 'strong',
      maxAge: 0,
      scope: 'pay openid',
    })
    expect(Object.fromEntries(query)).toMatchObject({
      prompt: 'login',
      ui_locales: 'en',
      acr_values: 'strong',
      max_age: '0',
      scope: 'openid offline_access pay',
    })
    expect(query.getAll('resource')).toEqual(['https://a.example', 'https://b.example'])
    // The ID token does not say when: with `max_age` it has to.
    expect(await failureOf(open(answer()))).toMatchObject({ code: 'ERR_OAUTH2_RESPONSE' })
    expect(provider.to('/token')[0]!.body.getAll('resource')).toHaveLength(2)
  })

  test.each([
    [
      'insufficient_scope',
      'Bearer error="insufficient_scope", scope="pay items"',
      { scope: 'openid pay items' },
    ],
    [
      'step-up',
      'DPoP algs="ES256", Bearer error="insufficient_user_authentication", acr_values="a b", max_age="5"',
      { acr_values: 'a b', max_age: '5', scope: 'openid' },
    ],
    ['nothing', undefined, { scope: 'openid' }],
  ])('meets a challenge: %s', async (_name, challenge, expected) => {
    const headers = challenge ? { 'WWW-Authenticate': challenge } : {}
    const { query } = await begin(useFakeProvider(), undefined, { challenge: { status: 401, headers } })
    expect(Object.fromEntries(query)).toMatchObject(expected)
  })
})

type Begun = Awaited<ReturnType<typeof begin>>

const HOSTILE: Array<{
  name: string
  url: (begun: Begun) => string
  code: string
  error?: string
  reaches?: boolean
}> = [
  { name: 'no state', url: ({ answer }) => answer({ state: undefined }), code: 'ERR_OAUTH2_STATE' },
  { name: 'an empty state', url: ({ answer }) => answer({ state: '' }), code: 'ERR_OAUTH2_STATE' },
  { name: 'a foreign state', url: ({ answer }) => answer({ state: 'foreign' }), code: 'ERR_OAUTH2_STATE' },
  {
    name: 'a state twice, the right one first',
    url: ({ answer, state }) => answer({ state: [state, 'foreign'] }),
    code: 'ERR_OAUTH2_STATE',
  },
  {
    name: 'a state twice, the right one last',
    url: ({ answer, state }) => answer({ state: ['foreign', state] }),
    code: 'ERR_OAUTH2_STATE',
  },
  {
    name: 'a state of the language',
    url: ({ answer }) => answer({ state: '__proto__' }),
    code: 'ERR_OAUTH2_STATE',
  },
  {
    name: 'the issuer of another provider (mix-up)',
    url: ({ answer }) => answer({ iss: 'https://evil.example' }),
    code: 'ERR_OAUTH2_RESPONSE',
  },
  { name: 'no issuer', url: ({ answer }) => answer({ iss: undefined }), code: 'ERR_OAUTH2_RESPONSE' },
  {
    name: 'an issuer twice',
    url: ({ answer }) => answer({ iss: [ISSUER, 'https://evil.example'] }),
    code: 'ERR_OAUTH2_RESPONSE',
  },
  { name: 'no code', url: ({ answer }) => answer({ code: undefined }), code: 'ERR_OAUTH2_RESPONSE' },
  { name: 'a code twice', url: ({ answer }) => answer({ code: ['A', 'B'] }), code: 'ERR_OAUTH2_RESPONSE' },
  {
    name: 'tokens beside the code',
    url: ({ answer }) => answer({ id_token: 'eyJ' }),
    code: 'ERR_OAUTH2_RESPONSE',
  },
  {
    name: 'a refusal',
    url: ({ answer }) => answer({ code: undefined, error: 'access_denied', error_description: 'Not today' }),
    code: 'ERR_OAUTH2_REFUSED',
    error: 'access_denied',
  },
  {
    name: 'a refusal made of markup',
    url: ({ answer }) =>
      answer({ error: '<img src=x onerror=alert(1)>', error_description: '<script>1</script>' }),
    code: 'ERR_OAUTH2_REFUSED',
  },
  {
    name: 'a refusal with a foreign state',
    url: ({ answer }) => answer({ state: 'foreign', error: 'access_denied' }),
    code: 'ERR_OAUTH2_STATE',
  },
  {
    name: 'everything in the fragment',
    url: ({ answer }) => answer().replace('?', '#'),
    code: 'ERR_OAUTH2_STATE',
  },
  {
    name: 'tokens in the fragment',
    url: () => `${CALLBACK}#access_token=stolen&token_type=bearer`,
    code: 'ERR_OAUTH2_STATE',
  },
]

describe('a hostile callback', () => {
  test.each(HOSTILE)('with $name ends with one error, and no code is spent', async ({ url, code, error }) => {
    const provider = useFakeProvider()
    const begun = await begin(provider)

    const failure = await failureOf(begun.open(url(begun)))

    expect(failure.code).toBe(code)
    expect(failure.error).toBe(error)
    expect(provider.to('/token')).toEqual([])
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toMatch(/<(img|script)|CODE|foreign|stolen/)
    expect(location.search).toBe('')
  })

  test('that is opened a second time ends with one error, and the first one goes on', async () => {
    const provider = useFakeProvider()
    const { answer, open, oauth } = await begin(provider)
    const url = answer()

    const first = open(url)
    expect((await failureOf(oauth.handleCallback(url))).code).toBe('ERR_OAUTH2_STATE')
    expect((await first).tokens.accessToken).toBe('AT1')
    expect((await failureOf(open(url))).code).toBe('ERR_OAUTH2_STATE')
    expect(provider.to('/token')).toHaveLength(1)
  })

  test('that answers another provider, or another client, is not taken', async () => {
    const provider = useFakeProvider()
    const { answer } = await begin(provider)
    for (const other of [
      { issuer: 'https://other.example', clientId: CLIENT_ID },
      { issuer: ISSUER, clientId: 'other' },
    ]) {
      const oauth = oauth2Backend({ ...other, redirectUri: '/callback' })
      expect((await failureOf(oauth.handleCallback(answer()))).code).toBe('ERR_OAUTH2_STATE')
    }
  })

  test('does not disturb a sign-in that is under way', async () => {
    const provider = useFakeProvider()
    const first = await begin(provider)
    const second = await begin(provider)
    await failureOf(first.open(first.answer({ state: 'foreign' })))

    provider.answers.reverse()
    expect((await second.open(second.answer())).tokens.accessToken).toBe('AT1')
    expect((await first.open(first.answer())).tokens.accessToken).toBe('AT1')
  })

  test.each([
    ['another nonce (an injected code)', { nonce: 'other' }],
    ['no nonce', {}],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
  ])('whose ID token has %s is refused', async (_name, claims) => {
    const provider = useFakeProvider()
    const { answer, open, nonce } = await begin(provider)
    const isNonce = 'nonce' in claims || Object.keys(claims).length === 0
    const id_token = await provider.idToken(isNonce ? claims : { nonce, ...claims })
    provider.answers.splice(0, 1, { body: { access_token: 'AT1', token_type: 'bearer', id_token } })

    const failure = await failureOf(open(answer()))

    expect(failure.code).toBe('ERR_OAUTH2_RESPONSE')
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toMatch(/AT1|eyJ/)
  })

  test.each([
    ['no ID token', { access_token: 'AT1', token_type: 'bearer' }],
    ['no access token', { token_type: 'bearer' }],
    ['a page', '<html>'],
  ])('whose token answer is %s is refused', async (_name, body) => {
    const provider = useFakeProvider()
    const { answer, open } = await begin(provider)
    provider.answers.splice(0, 1, { body })
    expect((await failureOf(open(answer()))).code).toBe('ERR_OAUTH2_RESPONSE')
  })

  test('whose code is refused says so with the code of the provider', async () => {
    const provider = useFakeProvider()
    const { answer, open } = await begin(provider)
    const body = { error: 'invalid_grant', error_description: 'Used <b>before</b>' }
    provider.answers.splice(0, 1, { status: 400, body })
    expect(await failureOf(open(answer()))).toMatchObject({
      code: 'ERR_OAUTH2_REFUSED',
      error: 'invalid_grant',
      description: 'Used bbefore/b',
      message: 'The provider refused: invalid_grant',
    })
  })

  test('whose tokens are not bound is refused where DPoP was asked for', async () => {
    const provider = useFakeProvider()
    const oauth = oauth2Backend({ issuer: ISSUER, clientId: CLIENT_ID, redirectUri: '/callback', dpop: true })
    const { answer, open } = await begin(provider, oauth)
    expect((await failureOf(open(answer()))).code).toBe('ERR_OAUTH2_RESPONSE')
  })

  test('while the provider is away says so, without a status that would end a session', async () => {
    const provider = useFakeProvider()
    const { answer, open } = await begin(provider)
    provider.unreachable.is = true
    expect(await failureOf(open(answer()))).toMatchObject({ code: 'ERR_OAUTH2_NETWORK', response: undefined })
  })
})

describe('the way back', () => {
  test.each([
    ['https://evil.example/a', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['\\\\evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['/..//evil.example', '/'],
    ['/.//evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['evil', '/'],
    [['/a', '/b'], '/'],
    [null, '/'],
    ['', '/'],
    ['/a?b=//c#//d', '/a?b=//c#//d'],
    ['/%2F%2Fevil.example', '/%2F%2Fevil.example'],
  ])('%j leads to %s', async (given, expected) => {
    const provider = useFakeProvider()
    const { answer, open } = await begin(provider, undefined, { returnTo: given })
    expect((await open(answer())).returnTo).toBe(expected)
  })

  test('is the page that the router shows, below its base', async () => {
    history.replaceState({ current: '/secret?a=1' }, '', '/base/secret?a=1')
    const { answer, open } = await begin(useFakeProvider())
    expect((await open(answer())).returnTo).toBe('/secret?a=1')
  })

  test('that somebody has put into the storage meanwhile is read as strictly', async () => {
    const { answer, open } = await begin(useFakeProvider())
    const [key] = Object.keys({ ...sessionStorage })
    const kept = JSON.parse(sessionStorage.getItem(key!)!)
    sessionStorage.setItem(key!, JSON.stringify({ ...kept, returnTo: '//evil.example' }))
    expect((await open(answer())).returnTo).toBe('/')
  })
})
