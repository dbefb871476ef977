import { type AuthAxiosOptions, httpBackend } from 'vue-auth-axios'

const user = { url: '/users/me', select: ({ data }: { data?: object }) => data }

/** Directus with its tokens in the page. It refuses a logout whose access token is dead, and needs none. */
export const directus = {
  axios: { baseURL: '/directus' },
  backend: httpBackend({ user, logout: { token: false } }),
} satisfies AuthAxiosOptions

/** What Directus wants in every body where the refresh token is in a cookie. */
const mode = 'cookie'

/** Directus with the refresh token in a cookie. */
export const directusCookie = {
  axios: { baseURL: '/directus' },
  backend: httpBackend({
    cookie: true,
    login: { data: (credentials) => ({ ...credentials, mode }) },
    refresh: { data: () => ({ mode }) },
    logout: { data: () => ({ mode }), token: false },
    user,
  }),
} satisfies AuthAxiosOptions
