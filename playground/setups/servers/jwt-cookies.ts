import { type AuthAxiosOptions, httpBackend } from 'vue-auth-axios'

/** An API that keeps both JWTs in HttpOnly cookies: no script ever sees a token. */
export const jwtCookies = {
  axios: { baseURL: '/api' },
  backend: httpBackend({ cookie: 'session', user: '/auth/me' }),
} satisfies AuthAxiosOptions
