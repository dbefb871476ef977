import type { AxiosInstance } from 'axios'

/**
 * Makes sure that a value is an axios instance.
 *
 * @throws Error where it is not
 */
export function assertInstance(value: unknown): asserts value is AxiosInstance {
  const { interceptors, defaults } = Object(value) as Partial<AxiosInstance>
  if (typeof value === 'function' && typeof interceptors?.request?.use === 'function' && defaults) return
  throw new Error(
    'This is no axios instance. Make one with axios.create({ baseURL: "https://api.example.com" }), and attach that.',
  )
}
