import type { AxiosInstance } from 'axios'
import type { Pinia } from 'pinia'
import { onTestFinished } from 'vitest'
import type { App } from 'vue'
import type { AuthAxiosOptions } from '../../src/index.ts'
import { type Harness, install } from './app.ts'
import { StrictServer } from './strict-server.ts'

/** An application that talks to a server. */
export interface Client extends Harness {
  http: AxiosInstance
}

/** Starts a server for the current test. */
export async function startServer(): Promise<StrictServer> {
  const server = await new StrictServer().start()
  onTestFinished(() => server.stop())
  return server
}

/** Installs the library in an application of the current test, against a server unless `options.axios` says otherwise. */
export function visit(
  server: StrictServer,
  options: AuthAxiosOptions = {},
  prepare?: (app: App<object>) => void,
  pinia?: Pinia,
): Client {
  const axios =
    typeof options.axios === 'function' ? options.axios : { baseURL: server.url, ...options.axios }
  const harness = install({ ...options, axios }, prepare, pinia)
  onTestFinished(() => harness.app.unmount())
  return { ...harness, http: harness.auth.http }
}

/** Installs the library and begins a session, `AT-1-1` and `RT-1-1` on a fresh server. */
export async function signIn(
  server: StrictServer,
  options: AuthAxiosOptions = {},
  prepare?: (app: App<object>) => void,
  pinia?: Pinia,
): Promise<Client> {
  const client = visit(server, options, prepare, pinia)
  await client.store.ready()
  await client.store.setTokens({ ...server.grant(), ...server.extra })
  return client
}
