import axios, { AxiosHeaders } from 'axios'
import type { AuthBackend, AuthTokens, TokenReply } from 'vue-auth-axios'
import {
  type ServerEvent,
  defineEventHandler,
  readBody,
  setResponseHeader,
  setResponseStatus,
  useRuntimeConfig,
} from '#imports'

/** What a failure of the token endpoint means to a browser where the endpoint has not answered: nobody knows what became of the token. */
const UNKNOWN = 502

/** How much of the endpoint's answer a browser is told, in characters. */
const LONGEST = 4_000

export default defineEventHandler(async (event) => {
  setResponseHeader(event, 'cache-control', 'no-store')
  const tokens = tokensIn(await readBody(event))
  if (!tokens) return answer(event, 400, { error: 'invalid_request' })
  const { authAxios: secret, public: shown } = useRuntimeConfig(event)
  const { baseURL, refreshTimeout = 10_000 } = shown.authAxios
  const context = {
    http: axios.create({ baseURL: secret.serverBaseURL || baseURL }),
    signal: AbortSignal.timeout(Math.min(3 * refreshTimeout, 2 ** 31 - 1)),
  }
  try {
    const reply = await (event.context.authAxios as AuthBackend).refresh(tokens, context)
    return reply === null ? answer(event, 401, { error: 'invalid_grant' }) : onClock(reply)
  } catch (error) {
    return fail(event, error)
  }
})

function tokensIn(body: unknown): AuthTokens | null {
  const { accessToken, refreshToken } = Object(body)
  const isWhole = typeof accessToken === 'string' && ['string', 'undefined'].includes(typeof refreshToken)
  return isWhole ? (body as AuthTokens) : null
}

/** A lifetime in the place of the end, which is a time of this machine's clock. */
function onClock(reply: TokenReply | true): unknown {
  if (reply === true) return true
  const { expiresAt, ...rest } = reply
  return typeof expiresAt === 'number'
    ? { ...rest, expires_in: Math.max(1, Math.round((expiresAt - Date.now()) / 1000)) }
    : rest
}

/** Passes on what the token endpoint said. */
function fail(event: ServerEvent, error: unknown): unknown {
  const { response } = Object(error)
  const wait: unknown = AxiosHeaders.from(Object(response?.headers)).get('retry-after')
  if (typeof wait === 'string') setResponseHeader(event, 'retry-after', wait)
  const isShort = (JSON.stringify(response?.data) ?? '').length < LONGEST
  return answer(event, Number(response?.status) || UNKNOWN, isShort ? (response?.data ?? {}) : {})
}

function answer(event: ServerEvent, status: number, body: unknown): unknown {
  setResponseStatus(event, status)
  return body
}
