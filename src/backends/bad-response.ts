import { AxiosError, type AxiosResponse } from 'axios'

/** The error of a success that does not say what it should. */
export const badResponse = (message: string, response?: AxiosResponse): AxiosError =>
  new AxiosError(message, AxiosError.ERR_BAD_RESPONSE, response?.config, response?.request, response)

/** Whether a value from a server is an object with members. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
