import { AxiosError, type AxiosResponse } from 'axios'

const isScalar = (value: unknown) => typeof value !== 'object' && typeof value !== 'function'

/**
 * What may be told of the error underneath a refresh. An HTTP client's error leads to the request's body, and so to
 * the refresh token: an error that holds nothing but scalars is passed on as it is; of every other one remain name,
 * message, code, status, what an error answer said, and its own cause.
 *
 * @param secret the refresh token, which a server may have echoed
 */
export function safeCause(error: unknown, secret: string | undefined): unknown {
  const leaks = (value: unknown) => secret !== undefined && (JSON.stringify(value) ?? '').includes(secret)
  if (!(error instanceof Error)) return isScalar(error) && !leaks(error) ? error : undefined
  const own = Object.values(error)
  if (own.every(isScalar) && !error.cause && !leaks([error.message, error.stack, ...own])) return error

  const { code, response } = error as Partial<AxiosError>
  const message = secret === undefined ? error.message : error.message.replaceAll(secret, '[redacted]')
  const copy = new AxiosError(message, code, undefined, undefined, response && answerOf(response, leaks))
  return Object.assign(copy, { name: error.name, cause: safeCause(error.cause, secret) })
}

/** An error answer, without the way back to its request; a success that was malformed may hold anything. */
function answerOf(
  { status, statusText, data }: AxiosResponse,
  leaks: (value: unknown) => boolean,
): AxiosResponse {
  const told = status >= 400 && !leaks(data) ? data : undefined
  return { status, statusText, data: told, headers: {} } as AxiosResponse
}
