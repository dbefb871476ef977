import { type AuthAxiosOptions, httpBackend } from 'vue-auth-axios'

/** Laravel with tymon/jwt-auth (or php-open-source-saver/jwt-auth): the one token, even expired, buys the next. */
export const tymonJwt = {
  axios: { baseURL: '/api' },
  backend: httpBackend({
    refresh: { headers: (tokens) => ({ Authorization: `Bearer ${tokens?.accessToken}` }) },
    user: { url: '/auth/me', method: 'POST' },
  }),
} satisfies AuthAxiosOptions
