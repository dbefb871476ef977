import { type AuthAxiosOptions, httpBackend } from 'vue-auth-axios'

/** Rails with devise-jwt: the token comes in a header, which another origin has to expose, and is never renewed. */
export const deviseJwt = {
  axios: { baseURL: '/' },
  backend: httpBackend({
    login: { url: '/users/sign_in', data: (user) => ({ user }) },
    logout: { url: '/users/sign_out', method: 'DELETE' },
    refresh: false,
    user: '/me',
    read: ({ headers }) => ({ token: String(headers.authorization).replace('Bearer ', '') }),
  }),
} satisfies AuthAxiosOptions
