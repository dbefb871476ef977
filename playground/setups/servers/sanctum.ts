import { type AuthAxiosOptions, httpBackend } from 'vue-auth-axios'

const paths = { csrf: '/sanctum/csrf-cookie', login: '/login', logout: '/logout', user: '/api/user' }

/**
 * Laravel Sanctum with the routes of Fortify or Breeze. On another origin than the page's: `withCredentials` and
 * `withXSRFToken` beside `baseURL`. A POST to a session that is over is answered 419 before anybody asks who sent it.
 */
export const sanctum = {
  axios: { baseURL: '/' },
  backend: httpBackend({ ...paths, cookie: 'session', refresh: false }),
  shouldRefresh: ({ status }) => status === 401 || status === 419,
} satisfies AuthAxiosOptions
