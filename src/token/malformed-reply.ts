import { AxiosError, AxiosHeaders, type AxiosResponse } from 'axios'

/** What a field is called; anything longer may be a value that a server used as a key. */
const FIELD_NAME = /^[\w$.-]{1,32}$/

/** More fields than anybody reads. */
const MOST_FIELDS = 20

/**
 * Says that a reply holds no usable access token: who brought it, and which fields it has. Never a value of one.
 *
 * @param response the answer it came in; where only its body is known, one that has no more than that
 */
export function malformedReply(reply: unknown, from: string, response = answerWith(reply)): AxiosError {
  return new AxiosError(
    `${from} brought no usable access token, but ${describe(reply) || describe(response.data) || 'nothing'}. ` +
      'Say where it is: an access token is read from `access_token`, `accessToken`, `access`, `token` or `jwt`, ' +
      'at the top or in `data`, `tokens` or `token`.',
    AxiosError.ERR_BAD_RESPONSE,
    response.config,
    undefined,
    response,
  )
}

function answerWith(data: unknown): AxiosResponse {
  const headers = new AxiosHeaders()
  return { data, status: 200, statusText: '', headers, config: { headers } }
}

/** What a reply is, without any value in it; empty where there is nothing to say. */
function describe(reply: unknown): string {
  if (Array.isArray(reply)) return 'a list'
  if (typeof reply !== 'object' || reply === null) return reply ? `a ${typeof reply}` : ''
  const names = fieldsOf(reply).map((name) => `\`${name}\``)
  return names.length ? `an object with ${names.join(', ')}` : ''
}

/** The names of all fields, and of those one level down. */
function fieldsOf(reply: object): string[] {
  return Object.entries(reply)
    .flatMap(([name, value]) => [
      name,
      ...(typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.keys(value).map((inner) => `${name}.${inner}`)
        : []),
    ])
    .map((name) => (FIELD_NAME.test(name) ? name : '…'))
    .slice(0, MOST_FIELDS)
}
