import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios'
import type { AuthUser } from '../types.ts'
import { badResponse, isRecord } from './bad-response.ts'
import { uncached } from './uncached.ts'

/**
 * Asks the application's instance, and gives the answer as the server sent it: the application's own interceptors have
 * run, but what they make of an answer (`response => response.data`) is for its own requests.
 *
 * @throws what the request rejects with, and where an interceptor has made a success of a failure
 */
export async function untouchedAnswer(http: AxiosInstance, request: AxiosRequestConfig) {
  let answer: AxiosResponse | undefined
  const transformResponse: AxiosRequestConfig['transformResponse'] = [
    ...[http.defaults.transformResponse ?? []].flat(),
    // The last to transform sees the parsed body, before any interceptor does.
    function (data: unknown, headers, status = 0) {
      answer = { data, headers, status, statusText: '', config: this }
      return data
    },
  ]
  await http.request({ ...uncached(http, request), transformResponse })
  const status = answer?.status ?? 0
  if (answer && status >= 200 && status < 300) return answer
  throw badResponse(`The user endpoint answered ${status || 'nothing'}.`, answer)
}

/**
 * The user in an answer.
 *
 * @throws AxiosError `ERR_BAD_RESPONSE` where it is none: a captive portal's page, `null`, a list
 */
export function userIn(response: AxiosResponse, user: unknown): AuthUser {
  if (isUser(user)) return user
  throw badResponse('The user endpoint answered with no user.', response)
}

const isUser = (value: unknown): value is AuthUser => isRecord(value)
