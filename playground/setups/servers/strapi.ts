import { type AuthAxiosOptions, httpBackend } from 'vue-auth-axios'

const paths = { login: '/auth/local', user: '/users/me' }

/**
 * Strapi's users and permissions with `jwtManagement: 'refresh'`. Sign in with `{ identifier, password }`. The roles have to
 * be allowed `auth.refresh` (public), `auth.logout` and `user.me` (authenticated).
 */
export const strapi = {
  axios: { baseURL: '/api' },
  backend: httpBackend({ ...paths, refreshField: 'refreshToken' }),
} satisfies AuthAxiosOptions

/** Strapi with `sessions.httpOnly`: the refresh token is in a cookie. */
export const strapiCookie = {
  axios: { baseURL: '/api' },
  backend: httpBackend({ ...paths, cookie: true }),
} satisfies AuthAxiosOptions
