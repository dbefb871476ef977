import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import axios from 'axios'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { RefreshFault } from '../../playground/server/faults.ts'
import type { Stats } from '../../playground/server/stats.ts'

/** The playground's server, and the ways to make trouble that it offers. */
export interface PlaygroundApi {
  /** The base of every endpoint. */
  readonly url: string
  /** Counts since the server started. */
  stats(): Promise<Stats>
  /** Ends every access token at once. */
  expire(): Promise<void>
  /** What the next refreshes meet. */
  fail(...refresh: RefreshFault[]): Promise<void>
}

/**
 * Starts the playground's server for the tests of a file, in a thread of its own: a simulated page replaces globals
 * that a server needs.
 */
export function usePlaygroundApi(): PlaygroundApi {
  const http = axios.create({ adapter: 'http' })
  let worker: Worker
  let url = ''

  const api: PlaygroundApi = {
    get url() {
      return url
    },
    async stats() {
      return (await http.get(`${url}/debug/stats`)).data
    },
    expire: () => http.post(`${url}/debug/expire`),
    fail: (...refresh) => http.post(`${url}/debug/fail`, { refresh }),
  }

  beforeAll(async () => {
    worker = new Worker(join(import.meta.dirname, 'playground-worker.ts'))
    ;[url] = await once(worker, 'message')
  })
  beforeEach(() => api.fail())
  afterAll(async () => {
    const exited = once(worker, 'exit')
    worker.postMessage('close')
    await exited
  })
  return api
}
