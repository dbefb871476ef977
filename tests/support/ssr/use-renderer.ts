import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll } from 'vitest'
import type { PageRequest } from './worker.ts'

/** Renders pages for the tests of a file in a thread of its own: a simulated page is none for a server. */
export function useRenderer(): (request: PageRequest) => Promise<string> {
  let worker: Worker
  beforeAll(() => {
    worker = new Worker(join(import.meta.dirname, 'worker.ts'))
  })
  afterAll(() => worker.terminate())
  return async (request) => {
    worker.postMessage(request)
    const [html] = (await once(worker, 'message')) as [string]
    return html
  }
}
