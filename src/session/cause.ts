import { AxiosError, type AxiosResponse } from 'axios'

/** How deep a chain of causes is told. */
const DEEPEST = 5

/** Secrets that are shorter are hidden as words alone. */
const SHORTEST = 8

/** What stands in the place of a secret. */
const REDACTED = '[redacted]'

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
function answerOf({ status, data }: Pick<AxiosResponse, 'status' | 'data'>, hide: Hide): object {
  return { status, headers: {}, data: status >= 400 ? bodyOf(data, hide) : undefined }
}

function bodyOf(data: unknown, hide: Hide): unknown {
  try {
    return hideIn(JSON.parse(JSON.stringify(data) ?? 'null'), hide)
  } catch {
    return undefined // a stream, a circle: the rest can still be told
  }
}

/** Takes secrets out of what was JSON: out of its texts, its names, and the numbers that may be one. */
function hideIn(value: unknown, hide: Hide): unknown {
  if (Array.isArray(value)) return value.map((item) => hideIn(item, hide))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [hide(name), hideIn(item, hide)]))
  }
  const text = String(value)
  return hide(text) === text ? value : hide(text)
}

type Hide = (text: string) => string

/** Takes secrets out of a text, as they are and as JSON or a URL would have them. */
function hiding(secrets: ReadonlyArray<string | undefined>): Hide {
  const forms = secrets.flatMap((secret) =>
    secret ? [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)] : [],
  )
  return (text) => forms.reduce((hidden, form) => hideForm(hidden, form), text)
}

/** A secret as short as a word is hidden where it is a word: its letters are in every other text. */
function hideForm(text: string, form: string): string {
  if (form.length >= SHORTEST) return text.split(form).join(REDACTED)
  const before = /^\w/.test(form) ? '(^|\\W)' : '()'
  const after = /\w$/.test(form) ? '(?!\\w)' : ''
  const word = new RegExp(`${before}${form.replace(/\W/g, '\\$&')}${after}`, 'g')
  return text.replace(word, `$1${REDACTED}`)
}
