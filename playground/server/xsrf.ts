import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

const COOKIE = 'XSRF-TOKEN'
const HEADER = 'X-XSRF-TOKEN'

/** Double submit: another site can make a browser send the cookies, but cannot read one to repeat it in a header. */
export function provesOrigin(c: Context): boolean {
  const expected = getCookie(c, COOKIE)
  return expected !== undefined && expected === c.req.header(HEADER)
}

/** Gives the page a value to repeat. */
export function setXsrfCookie(c: Context, maxAge: number): void {
  setCookie(c, COOKIE, randomBytes(16).toString('base64url'), { sameSite: 'Strict', maxAge, path: '/' })
}

/** Takes it away. */
export function forgetXsrfCookie(c: Context): void {
  deleteCookie(c, COOKIE, { path: '/' })
}
