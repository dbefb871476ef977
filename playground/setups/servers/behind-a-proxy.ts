import { type AuthAxiosOptions, httpBackend } from 'vue-auth-axios'

/** An API behind nginx' `auth_request`, whose 401 has a page of HTML. */
export const behindAuthRequest = {
  axios: { baseURL: '/' },
  backend: httpBackend({ logout: { token: false } }),
} satisfies AuthAxiosOptions

/** An API behind a proxy that asks for Basic authentication: it takes `Authorization`, the token has another header. */
export const behindBasic = {
  axios: { baseURL: '/' },
  backend: httpBackend({ logout: { token: false } }),
  authorize: (headers, tokens) => headers.set('X-Access-Token', tokens.accessToken),
} satisfies AuthAxiosOptions
