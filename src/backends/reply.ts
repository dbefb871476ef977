import type { AxiosResponse } from 'axios'
import { rememberSource } from '../token/reply-source.ts'
import type { TokenReply } from '../types.ts'
import { badResponse, isRecord } from './bad-response.ts'
import { type Endpoint, selected, settingsOf } from './endpoint.ts'

/** Says where the tokens are in an answer. */
export type Read<Body> = (response: AxiosResponse<Body>) => TokenReply | boolean | null | undefined

/**
 * The tokens in an answer, or whatever else is there. A server's `null` is a malformed answer too: only a backend's own
 * `null` says that there is nothing to refresh with.
 */
export function tokensIn<Body>(
  response: AxiosResponse<Body>,
  endpoint: Endpoint<never, Body>,
  read: Read<Body> | undefined,
  isCookie: boolean,
): TokenReply {
  const reply = readFrom(response, endpoint, read)
  if (!isRecord(reply)) return rememberSource({}, response)
  return rememberSource(isCookie ? withoutRefreshToken(reply) : reply, response)
}

/** Some servers send the refresh token twice: what is in an HttpOnly cookie is to be in no script's hands. */
const withoutRefreshToken = (reply: object): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(reply, (name, value: unknown) => (/^refresh(_?token)?$/i.test(name) ? undefined : value)),
  )

/**
 * The session that an answer speaks of, where the server keeps its tokens to itself.
 *
 * @throws AxiosError `ERR_BAD_RESPONSE` where the endpoint's `select`, or `read`, finds none
 */
export function sessionIn<Body>(
  response: AxiosResponse<Body>,
  endpoint: Endpoint<never, Body>,
  read: Read<Body> | undefined,
): true {
  const isLooked = read !== undefined || settingsOf(endpoint).select !== undefined
  if (isLooked && isNothing(readFrom(response, endpoint, read))) {
    throw badResponse('The answer says that there is no session.', response)
  }
  return true
}

function readFrom<Body>(
  response: AxiosResponse<Body>,
  endpoint: Endpoint<never, Body>,
  read: Read<Body> | undefined,
): unknown {
  const body = selected(endpoint, response.data)
  return read ? read({ ...response, data: body as Body }) : body
}

const isNothing = (reply: unknown) => reply === null || reply === undefined || reply === false
