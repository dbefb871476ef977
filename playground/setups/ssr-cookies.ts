import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { parse, serialize } from 'hono/utils/cookie'
import { type AuthStorage, createAuthAxios, httpBackend } from 'vue-auth-axios'

// Scripts can read it, as they can localStorage: the page goes on with the session that the server rendered with.
const settings = { path: '/', sameSite: 'Lax', secure: true, maxAge: 30 * 24 * 60 * 60 } as const
// The colon of a key is none of the characters that may name a cookie.
const nameOf = (key: string) => encodeURIComponent(key)
const backend = httpBackend({ user: '/auth/me' })

/** Makes the plugin for one request to the server that renders an app, with the session in the request's cookies. */
export function authOnServer(context: Context, axios = { baseURL: 'https://app.example/api' }) {
  const storage: AuthStorage = {
    getItem: (key) => getCookie(context, nameOf(key)) ?? null,
    setItem: (key, value) => setCookie(context, nameOf(key), value, settings),
    removeItem: (key) => void deleteCookie(context, nameOf(key), settings),
  }
  // Two requests at once would send one refresh token twice. The page refreshes, one tab at a time.
  const refresh = () => Promise.reject(new Error('Tokens are refreshed in the page alone.'))
  return createAuthAxios({ axios, storage, backend: { ...backend, refresh } })
}

/** Makes the plugin for the page, which has the same cookies. */
export function authInPage(axios = { baseURL: '/api' }) {
  const storage: AuthStorage = {
    getItem: (key) => parse(document.cookie, nameOf(key))[nameOf(key)] ?? null,
    setItem: (key, value) => void (document.cookie = serialize(nameOf(key), value, settings)),
    removeItem: (key) => void (document.cookie = serialize(nameOf(key), '', { ...settings, maxAge: 0 })),
  }
  return createAuthAxios({ axios, storage, backend })
}
