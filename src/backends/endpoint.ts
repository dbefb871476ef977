import type { AxiosBasicCredentials, AxiosRequestConfig, Method } from 'axios'

/** The body of a JSON answer, where nobody has said more about it. */
export type JsonBody = Record<string, unknown>

/** Headers of a request; `undefined` leaves one out. */
export type EndpointHeaders = Readonly<Record<string, string | undefined>>

/** Where a request goes: a path, or what differs from the default. */
export type Endpoint<Input, Body = JsonBody> = string | EndpointSettings<Input, Body>

/** What differs from the default at an endpoint. */
export interface EndpointSettings<Input, Body = JsonBody> {
  /**
   * A path below the instance's `baseURL`, or a URL.
   *
   * @default the path that the endpoint has by itself
   */
  url?: string
  /**
   * The method of the request.
   *
   * @default 'POST'; 'GET' for `user` and `csrf`
   */
  method?: Method
  /**
   * Makes the body of the request, from the credentials or the tokens. `URLSearchParams` are sent as a form.
   *
   * @default the credentials, or the refresh token under the name of `refreshField`; none with 'GET'
   */
  data?: (input: Input) => unknown
  /** Headers of the request, or a function that makes them from the credentials or the tokens. */
  headers?: EndpointHeaders | ((input: Input) => EndpointHeaders)
  /**
   * Authenticates the client with HTTP Basic.
   *
   * @see RFC 6749 section 2.3.1
   */
  auth?: AxiosBasicCredentials
  /** Takes what is meant out of the parsed body: the tokens, or the user. */
  select?(body: Body): unknown
}

/** What an endpoint says, whichever way it was written. Own members alone: a polluted prototype says nothing. */
export const settingsOf = <Input, Body>(endpoint: Endpoint<Input, Body>): EndpointSettings<Input, Body> =>
  Object.assign(Object.create(null), typeof endpoint === 'string' ? { url: endpoint } : endpoint)

/** The request that an endpoint asks for, with the default in the place of what it leaves out. */
export function requestTo<Input, Body>(
  endpoint: Endpoint<Input, Body>,
  defaults: EndpointSettings<Input, Body>,
  input: Input,
): AxiosRequestConfig {
  const settings = settingsOf(endpoint)
  const { url = defaults.url, method = defaults.method ?? 'POST', auth } = settings
  const { data = isGet(method) ? undefined : defaults.data, headers = {} } = settings
  return {
    ...(url !== undefined && { url }),
    method,
    data: data?.(input),
    headers: typeof headers === 'function' ? headers(input) : headers,
    ...(auth && { auth }),
    responseType: 'json',
  }
}

const isGet = (method: Method) => method.toUpperCase() === 'GET'

/** What an endpoint means by a body. Only an object has anything to take out: a page or `null` stays what it is. */
export function selected<Input, Body>(endpoint: Endpoint<Input, Body>, body: Body): unknown {
  const { select } = settingsOf(endpoint)
  return select && typeof body === 'object' && body !== null ? select(body) : body
}
