import { type AuthAxiosOptions, type AuthTokens, httpBackend } from 'vue-auth-axios'

// What is in a page is no secret: a client of its own, with no more rights than any visitor's.
const endpoint = { url: '/oauth/token', auth: { username: 'spa', password: 's3cret' } }
const spent = (tokens: AuthTokens | null) => tokens?.refreshToken ?? ''

/** An OAuth 2 token endpoint: form bodies, client authentication, revocation (RFC 6749 sections 4.3 and 6, RFC 7009). */
export const tokenEndpoint = {
  axios: { baseURL: '/' },
  backend: httpBackend<Record<string, string>>({
    login: { ...endpoint, data: (fields) => new URLSearchParams({ grant_type: 'password', ...fields }) },
    refresh: {
      ...endpoint,
      data: (tokens) => new URLSearchParams({ grant_type: 'refresh_token', refresh_token: spent(tokens) }),
    },
    logout: {
      ...endpoint,
      url: '/oauth/revoke',
      data: (tokens) => new URLSearchParams({ token: spent(tokens) }),
      token: false,
    },
    user: '/api/me',
  }),
} satisfies AuthAxiosOptions
