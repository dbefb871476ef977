import { AxiosError, type AxiosResponse } from 'axios'

/** How deep a chain of causes is told. */
const DEEPEST = 5

/** Errors of the language itself, which hold nothing but text. */
const PLAIN = new Set<unknown>([
  Error.prototype,
  TypeError.prototype,
  RangeError.prototype,
  SyntaxError.prototype,
])

/**
 * What may be told of an error underneath a refresh or a storage. An HTTP client's error leads to the request's body,
 * and so to the refresh token: a plain error is passed on as it is, of every other one remain name, message, code,
 * status, what an error answer said, and its own cause, with every secret taken out. Never throws.
 */
export function safeCause(error: unknown, secrets: ReadonlyArray<string | undefined>, depth = 0): unknown {
  const hide = hiding(secrets)
  try {
    if (error === undefined || error === null) return undefined
    if (!(error instanceof Error)) return typeof error === 'object' ? undefined : hide(String(error))
    const isPlain = PLAIN.has(Object.getPrototypeOf(error)) && Reflect.ownKeys(error).every(isText)
    if (isPlain && hide(`${error.message}${error.stack}`) === `${error.message}${error.stack}`) return error

    const { code, response, status } = error as Partial<AxiosError>
    const copy = new AxiosError(hide(error.message), typeof code === 'string' ? hide(code) : undefined)
    const cause = depth < DEEPEST ? safeCause(error.cause, secrets, depth + 1) : undefined
    if (response) Object.assign(copy, { response: answerOf(response, hide) })
    const told = { name: hide(String(error.name)), status: Number(response?.status ?? status) || undefined }
    return Object.assign(copy, told, cause !== undefined && { cause })
  } catch {
    return new Error('The error underneath cannot be told.') // a getter or a proxy that throws
  }
}

const isText = (key: string | symbol) => key === 'message' || key === 'stack'

/** An error answer, without the way back to its request; a success that was malformed may hold anything. */
function answerOf(
  { status, data }: Pick<AxiosResponse, 'status' | 'data'>,
  hide: (text: string) => string,
): object {
  const told =
    status >= 400
      ? typeof data === 'string'
        ? hide(data)
        : JSON.parse(hide(JSON.stringify(data) ?? 'null'))
      : undefined
  return { status, headers: {}, data: told }
}

/** Takes secrets out of a text, as they are and as JSON or a URL would have them. */
function hiding(secrets: ReadonlyArray<string | undefined>): (text: string) => string {
  const forms = secrets.flatMap((secret) =>
    secret ? [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)] : [],
  )
  return (text) => forms.reduce((hidden, form) => hidden.replaceAll(form, '[redacted]'), text)
}
