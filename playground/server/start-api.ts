import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type ApiOptions, createApi } from './app.ts'
import type { Stats } from './stats.ts'

/** The API on a port of its own. */
export interface RunningApi {
  /** The base of every endpoint: `http://127.0.0.1:<port>/api`. */
  url: string
  /** Counts as long as the server runs. */
  stats: Readonly<Stats>
  /** Drops every connection and resolves once the port is free. */
  close(): Promise<void>
}

/** Serves the API without Vite, on a free port of the loopback interface. */
export async function startApi(options?: ApiOptions): Promise<RunningApi> {
  const api = await createApi(options)
  const server = createServer(getRequestListener(api.app.fetch, { overrideGlobalObjects: false }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function close(): Promise<void> {
    api.close()
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }

  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/api`, stats: api.stats, close }
}
