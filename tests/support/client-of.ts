import type { AuthAxiosOptions } from '../../src/index.ts'
import type { StrictServer } from './strict-server.ts'

/** The options that make an application a client of a server, over Node's network even where there is a page. */
export function clientOf(server: StrictServer, options: AuthAxiosOptions = {}): AuthAxiosOptions {
  return { axios: { baseURL: server.url, adapter: 'http' }, ...options }
}
