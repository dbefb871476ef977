import type { AxiosError } from 'axios'
import type { AuthorizationServer } from 'oauth4webapi'
import { describe, expectTypeOf, it } from 'vitest'
import { type AuthBackend, type AuthTokens, isAuthError } from 'vue-auth-axios'
import {
  OAuth2Error,
  type OAuth2Backend,
  type OAuth2BackendOptions,
  type OAuth2ErrorCode,
  type SignedIn,
  type SignInOptions,
  oauth2Backend,
} from 'vue-auth-axios/oauth2'

declare const server: AuthorizationServer
const client = { clientId: 'shop', redirectUri: '/callback' }

describe('oauth2Backend', () => {
  it('is a backend', () => {
    expectTypeOf(oauth2Backend({ issuer: 'https://id.example', ...client })).toEqualTypeOf<OAuth2Backend>()
    expectTypeOf<OAuth2Backend>().toExtend<AuthBackend>()
    expectTypeOf<Parameters<OAuth2Backend['handleCallback']>>().toEqualTypeOf<
      [url?: string | URL | undefined]
    >()
    expectTypeOf<OAuth2Backend['handleCallback']>().returns.toEqualTypeOf<Promise<SignedIn>>()
    expectTypeOf<SignedIn>().toEqualTypeOf<{ tokens: AuthTokens; returnTo: string }>()
    expectTypeOf<Parameters<OAuth2Backend['signIn']>>().toEqualTypeOf<[options?: SignInOptions | undefined]>()
  })

  it('takes an issuer or metadata, not both and not neither', () => {
    expectTypeOf(oauth2Backend).toBeCallableWith({ issuer: new URL('https://id.example'), ...client })
    expectTypeOf(oauth2Backend).toBeCallableWith({ server, ...client })
    // @ts-expect-error -- either
    oauth2Backend({ issuer: 'https://id.example', server, ...client })
    // @ts-expect-error -- one of them
    oauth2Backend(client)
    // @ts-expect-error -- no client
    oauth2Backend({ issuer: 'https://id.example', redirectUri: '/callback' })
  })

  it('takes all of its options', () => {
    expectTypeOf<OAuth2BackendOptions['user']>().toEqualTypeOf<'id-token' | 'userinfo' | 'none' | undefined>()
    oauth2Backend({
      issuer: 'https://id.example',
      ...client,
      scope: 'openid',
      resource: ['https://api.example'],
      parameters: { prompt: 'consent', audience: 'x' },
      user: 'userinfo',
      dpop: true,
      postLogoutRedirectUri: '/bye',
    })
    // @ts-expect-error -- what the backend writes itself
    oauth2Backend({ issuer: 'https://id.example', ...client, parameters: { state: 'mine' } })
    // @ts-expect-error -- no such source
    oauth2Backend({ issuer: 'https://id.example', ...client, user: 'id_token' })
  })

  it('signs in with the answer that asked for more, as an error has it', () => {
    const oauth = oauth2Backend({ server, ...client })
    const error = {} as AxiosError
    expectTypeOf(oauth.signIn).toBeCallableWith({ challenge: error.response, returnTo: null })
    // @ts-expect-error -- seconds
    void oauth.signIn({ maxAge: '5' })
    // @ts-expect-error -- what the backend writes itself
    void oauth.signIn({ parameters: { nonce: 'mine' } })
  })

  it('fails with errors of its own', () => {
    expectTypeOf<OAuth2Error['code']>().toEqualTypeOf<OAuth2ErrorCode>()
    expectTypeOf<'ERR_OAUTH2_STATE' | 'ERR_OAUTH2_REFUSED'>().toExtend<OAuth2ErrorCode>()
    expectTypeOf<OAuth2Error['error']>().toEqualTypeOf<string | undefined>()
    expectTypeOf(isAuthError).toBeCallableWith(new OAuth2Error('STATE'))
  })
})
