import { type AxiosResponse, type InternalAxiosRequestConfig, isAxiosError } from 'axios'

/** The names under which servers want the refresh token. */
const REFRESH_FIELDS = ['refresh_token', 'refreshToken', 'refresh']

/** How deep an answer is searched for such names. */
const DEEPEST = 3

/**
 * Says what a refused refresh may have been about: the endpoint, the status, the names of the fields that were sent and of
 * those that came back, and what to write where they differ from what such servers want. For development alone. Names
 * only, never a value.
 *
 * @returns `null` where the error is no answer with a status of 4xx, or there is nothing to explain
 */
export function explainRefusal(error: unknown): string | null {
  if (!isAxiosError(error) || !error.response) return null
  const { response } = error
  // An error that a backend has made by itself may be without a request.
  const config: Partial<InternalAxiosRequestConfig> = error.config ?? response.config ?? {}
  if (response.status < 400 || response.status > 499) return null
  const sent = namesSent(config)
  const advice = adviceOn(response, sent)
  // Nothing that could have another name: a visitor without a session, at the door of a server that keeps them in cookies.
  if (sent.length === 0 && !advice) return null
  const refused = `The refresh was refused: ${endpointOf(config)} answered ${response.status}.`
  return `${refused} Sent: ${list(sent)}. Came back: ${list(namesIn(response.data))}. ${advice}`.trim()
}

/** Makes a function that says what a refusal may have been about, the first time there is something to say. */
export function explainOnce(say: (text: string) => void): (error: unknown) => void {
  let isSaid = false
  return (error) => {
    const text = isSaid ? null : explainRefusal(error)
    if (!text) return
    isSaid = true
    say(text)
  }
}

const list = (names: string[]) =>
  names.length > 0 ? names.map((name) => `\`${name}\``).join(', ') : 'no fields'

/** Without the query, where values are. */
function endpointOf({ method = 'get', baseURL = '', url = '' }: Partial<InternalAxiosRequestConfig>): string {
  const isWhole = /^([a-z][\w+.-]*:)?\/\//i.test(url)
  const whole = isWhole || !baseURL ? url : `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`
  return `${method.toUpperCase()} ${whole.replace(/[?#].*$/, '').replace(/\/\/[^/@]*@/, '//')}`
}

/** The names in the body of a request, which axios has made text of by now. */
function namesSent({ data }: Partial<InternalAxiosRequestConfig>): string[] {
  if (typeof data === 'string') return /^\s*[[{]/.test(data) ? namesInJson(data) : formNames(data)
  if (data instanceof FormData || data instanceof URLSearchParams) return [...new Set(data.keys())]
  return namesIn(data)
}

function namesInJson(text: string): string[] {
  try {
    return namesIn(JSON.parse(text))
  } catch {
    return [] // something that only begins like JSON has no names
  }
}

/** Of a body that is no form, such as a token padded with `=`, the name might be the secret. */
const formNames = (text: string) =>
  [...new URLSearchParams(text)]
    .filter(([name, value]) => isName(name) && /[^=]/.test(value))
    .map(([name]) => name)

const namesIn = (data: unknown): string[] =>
  typeof data === 'object' && data !== null && !Array.isArray(data) ? Object.keys(data).filter(isName) : []

/** Whether a key looks like a name; it may be a value as well. */
const isName = (key: string) => /^[a-z_][\w.-]{0,39}$/i.test(key)

/** What to write, where the answer gives it away. */
function adviceOn(response: AxiosResponse, sent: string[]): string {
  const { status, data } = response
  if (status === 404 || status === 405)
    return 'Name the endpoint that the server has: `httpBackend({ refresh: "/…" })`.'
  if (status === 419)
    return 'It wants a CSRF token: `httpBackend({ csrf: "/…" })` names the endpoint that sets its cookie.'
  if (status === 415 || mentions(data, '(unsupported_)?grant_type'))
    return sent.includes('grant_type') ? CLIENT : FORM
  const wanted = REFRESH_FIELDS.find((name) => !sent.includes(name) && asksFor(data, name))
  if (wanted)
    return `The server asks for \`${wanted}\`: write \`httpBackend({ refreshField: "${wanted}" })\`.`
  if (/invalid_client/.test(textOf(data))) return CLIENT
  return sent.some((name) => REFRESH_FIELDS.includes(name))
    ? 'Where the server wants the token under another name, `refreshField` says so: "refreshToken" (Strapi, NestJS), "refresh" (Django SimpleJWT).'
    : ''
}

const FORM =
  'It wants a form (RFC 6749 section 6): `refresh: { url, data: (tokens) => new URLSearchParams({ grant_type: "refresh_token", refresh_token: tokens.refreshToken }) }`.'

const CLIENT =
  'It wants to know the client: `refresh: { url, auth: { username: clientId, password: clientSecret } }`, or `client_id` in the body.'

/** Whether a body speaks of a field; "refresh" in a sentence is a word like any other. */
const asksFor = (data: unknown, field: string) =>
  field === 'refresh' ? namesIn(data).includes(field) : mentions(data, field)

/** Whether a body has a word in it, among its names or in its texts. */
const mentions = (data: unknown, word: string) => new RegExp(`(?<![\\w])${word}(?![\\w])`).test(textOf(data))

/** As much of a body as is worth searching. */
function textOf(data: unknown, depth = 0): string {
  if (typeof data === 'string') return data.slice(0, 2000)
  if (typeof data !== 'object' || data === null || depth > DEEPEST) return ''
  return Object.entries(data)
    .slice(0, 50)
    .map(([name, value]) => `${name} ${textOf(value, depth + 1)}`)
    .join(' ')
}
