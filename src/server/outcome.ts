import { AxiosError, AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import { hasExpired } from '../token/lifetime.ts'
import { tokensFromReply } from '../token/reply.ts'
import type { AuthTokens, TokenReply } from '../types.ts'

/** What came of asking the token endpoint: what the backend resolved or rejected with. */
export type Outcome =
  | { readonly reply: TokenReply | true | null; readonly rest?: Rest }
  | { readonly error: unknown; readonly rest: Rest }

/** For how long nobody asks again after a failure. */
export interface Rest {
  /** In ms. */
  readonly ms: number
  /**
   * Whether who comes in that time waits it out and then asks, in place of being told of the failure: the server turned
   * the refresh away unread, and whoever comes may be the same one, trying again.
   */
  readonly waits: boolean
}

/** An answer of the server's is an answer for so long, in ms. */
const REFUSED = 5_000

/** Any other failure, in ms. */
const FAILED = 1_000

/** How long a server is left alone that is too busy to say for how long, in ms. */
const BUSY = 300

/** The longest body of an error that is handed on, in characters. */
const LONGEST_BODY = 4_000

/** Codes of Node's network stack that are known before a byte is sent. */
const NEVER_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']

/** What an error answer says beside its body, as far as it matters to who did not make the request. */
const HEADERS = ['content-type', 'date', 'retry-after', 'www-authenticate']

/** As much of an error as is handed on. It leads to no request, and so to no token. */
interface Portrait {
  name: string
  message: string
  code?: string | undefined
  status?: number | undefined
  headers?: Record<string, string>
  data?: unknown
}

/** Runs a refresh and keeps what comes of it. */
export async function outcomeOf(
  refresh: () => PromiseLike<TokenReply | true | null>,
  previous: AuthTokens,
): Promise<Outcome> {
  try {
    return outcomeFrom(await refresh(), previous)
  } catch (error) {
    return failureOf(error)
  }
}

/** What an error means for who comes next. */
export const failureOf = (error: unknown): Outcome => ({ error, rest: restAfter(error) })

/** What an outcome is for who asked: resolves or throws as the backend did. */
export function settled(outcome: Outcome): TokenReply | true | null {
  if ('error' in outcome) throw outcome.error
  return outcome.reply
}

/** Whether an outcome takes these tokens further. */
export function serves(outcome: Outcome, { accessToken, refreshToken }: AuthTokens): boolean {
  if ('error' in outcome || outcome.reply === null || outcome.reply === true) return true
  const next = outcome.reply as Partial<AuthTokens>
  // A server that does not rotate its refresh tokens takes this one for the next access token, too.
  if (refreshToken === undefined || next.refreshToken !== refreshToken) return true
  return next.accessToken !== accessToken && !hasExpired(next as AuthTokens)
}

/** Whether who was not there when a refresh failed waits, in place of being told. */
export const waits = (outcome: Outcome): boolean => outcome.rest?.waits === true

/** For how long an outcome is kept, in ms. */
export const keptFor = (outcome: Outcome, hold: number): number => Math.min(outcome.rest?.ms ?? hold, hold)

/** Writes an outcome down. */
export function toText(outcome: Outcome): string {
  const { rest } = outcome
  if ('error' in outcome) return JSON.stringify({ error: portraitOf(outcome.error), rest })
  return JSON.stringify(rest ? { reply: bodyOf(outcome.reply) ?? {}, rest } : outcome)
}

/** Reads an outcome that another process has written down. */
export function fromText(text: string): Outcome {
  const outcome: Outcome & { error?: Portrait } = JSON.parse(text)
  return outcome.error ? { ...outcome, error: errorOf(outcome.error) } : outcome
}

/**
 * Tokens with the time of their end in place of a lifetime, which counts from the arrival: who gets them later than the
 * first would count anew. A reply that holds no tokens is a failure, which is left to its readers to tell.
 */
function outcomeFrom(reply: TokenReply | true | null, previous: AuthTokens): Outcome {
  if (reply === null || reply === true) return { reply }
  const user = userIn(reply)
  try {
    return { reply: { ...tokensFromReply(reply, { previous }), ...(user && { user }) } }
  } catch {
    return { reply, rest: { ms: FAILED, waits: false } }
  }
}

/** The user that came beside the tokens, at the top or where the tokens are. */
function userIn(reply: TokenReply): object | undefined {
  const { user, data, tokens, token } = Object(reply)
  return [user, ...[data, tokens, token].map((inner) => Object(inner).user)].find(
    (found) => typeof found === 'object' && found !== null,
  )
}

function restAfter(error: unknown): Rest {
  const { status, headers = {}, codes } = portraitWithCodes(error)
  const wait = secondsUntil(headers['retry-after'], headers['date']) * 1000
  if (wait > 0) return { ms: Math.max(wait, BUSY), waits: false }
  const isUnread = status === 429 || status === 503 || codes.some((code) => NEVER_CONNECTED.includes(code))
  if (isUnread) return { ms: BUSY, waits: true }
  return { ms: status !== undefined && status >= 400 && status < 500 ? REFUSED : FAILED, waits: false }
}

/** What `Retry-After` asks for, in seconds; 0 where it does not say (RFC 9110 section 10.2.3). */
function secondsUntil(value = '', date = ''): number {
  if (/^\d+$/.test(value)) return Number(value)
  const wait = Date.parse(value) - (Date.parse(date) || Date.now())
  return Math.max(0, wait || 0) / 1000
}

function portraitWithCodes(error: unknown): Portrait & { codes: string[] } {
  const codes: string[] = []
  for (let at = Object(error), depth = 0; depth < 4; at = Object(at.cause), depth++) {
    if (typeof at.code === 'string') codes.push(at.code)
  }
  return { ...portraitOf(error), codes }
}

function portraitOf(error: unknown): Portrait {
  const { name = 'Error', message = '', code, response, status } = Object(error)
  const answered = Number(response?.status ?? status) || undefined
  return {
    name: String(name),
    message: String(message),
    code: typeof code === 'string' ? code : undefined,
    status: answered,
    ...(response && { headers: headersOf(response.headers), data: bodyOf(response.data) }),
  }
}

function headersOf(headers: unknown): Record<string, string> {
  const entries = headers instanceof Headers ? Object.fromEntries(headers) : Object(headers)
  const all = AxiosHeaders.from(entries)
  return Object.fromEntries(
    HEADERS.flatMap((name) => {
      const value = all.get(name)
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
}

/** Text is cut, an object that is too large is left out: what matters is a code or a sentence. */
function bodyOf(data: unknown): unknown {
  if (typeof data === 'string') return data.slice(0, LONGEST_BODY)
  const isSmall = (JSON.stringify(data) ?? '').length <= LONGEST_BODY
  return isSmall ? data : undefined
}

/** An error as the backend's own, but without a request. */
function errorOf({ name, message, code, status, headers, data }: Portrait): Error {
  const config: InternalAxiosRequestConfig = { headers: new AxiosHeaders() }
  const response: AxiosResponse | undefined = headers && {
    status: status ?? 0,
    statusText: '',
    headers,
    data,
    config,
  }
  const error = new AxiosError(message, code, undefined, undefined, response)
  return Object.assign(error, { name, status })
}
