import { parse } from 'hono/utils/cookie'
import { storedSession } from '../stored-session.ts'
import type { StrictServer } from '../strict-server.ts'

const COOKIE = encodeURIComponent('vue-auth-axios:authAxios')

/** The `Cookie` header of somebody who signed in earlier. */
export async function cookiesOf(api: StrictServer): Promise<string> {
  const storage = await storedSession(api)
  return cookieOf(storage.items.get('vue-auth-axios:authAxios') ?? '')
}

/** The `Cookie` header with this record of a session. */
export const cookieOf = (record: string): string => `${COOKIE}=${encodeURIComponent(record)}`

/** The record that an answer puts into the cookie; an empty one where it takes the cookie away. */
export function recordIn(answer: Response): string | undefined {
  const [cookie] = answer.headers.getSetCookie()
  return cookie === undefined ? undefined : parse(cookie)[COOKIE]
}
