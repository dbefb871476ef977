import {
  AxiosError,
  type AxiosAdapter,
  AxiosHeaders,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios'

/** What a server says to a request. */
export type Said = Partial<Pick<AxiosResponse, 'status' | 'data'>> & { headers?: Record<string, string> }

/** An adapter that reaches no network, and remembers what it was to send. */
export interface RecordingAdapter {
  readonly adapter: AxiosAdapter
  readonly sent: InternalAxiosRequestConfig[]
  /** The `Authorization` headers that were sent so far. */
  authorizations(): unknown[]
}

/** Makes an adapter that answers in place of a server, as axios' own would. */
export function recordingAdapter(
  answer: (config: InternalAxiosRequestConfig) => Said | Promise<Said> = () => ({}),
): RecordingAdapter {
  const sent: InternalAxiosRequestConfig[] = []
  const adapter: AxiosAdapter = async (config) => {
    sent.push(config)
    const { status = 200, data = 'ok', headers = {} } = await answer(config)
    const request = {}
    const response = { status, statusText: '', data, headers: new AxiosHeaders(headers), config, request }
    if (!config.validateStatus || config.validateStatus(status)) return response
    throw new AxiosError(`Request failed with status code ${status}`, undefined, config, request, response)
  }
  return { adapter, sent, authorizations: () => sent.map(({ headers }) => headers.get('Authorization')) }
}
