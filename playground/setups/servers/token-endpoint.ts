import { type AuthAxiosOptions, type AuthTokens, httpBackend } from 'vue-auth-axios'

// What is in a page is no secret: a client of its own, with no more rights than any visitor's.
const endpoint = { url: '/oauth/token', auth: { username: 'spa', password: 's3cret' } }
const grant = (grant_type: string, fields: object) => new URLSearchParams({ grant_type, ...fields })
const spent = (tokens: AuthTokens | null) => ({ refresh_token: tokens?.refreshToken ?? '' })
const revoked = (tokens: AuthTokens | null) => new URLSearchParams({ token: tokens?.refreshToken ?? '' })

/** An OAuth 2 token endpoint: form bodies, client authentication, revocation (RFC 6749 sections 4.3 and 6, RFC 7009). */
export const tokenEndpoint = {
  axios: { baseURL: '/' },
  backend: httpBackend<object>({
    login: { ...endpoint, data: (fields) => grant('password', fields) },
    refresh: { ...endpoint, data: (tokens) => grant('refresh_token', spent(tokens)) },
    logout: { ...endpoint, url: '/oauth/revoke', data: revoked, token: false },
    user: '/api/me',
  }),
} satisfies AuthAxiosOptions
