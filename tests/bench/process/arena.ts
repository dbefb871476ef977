import type { Entry } from '../roster.ts'
import { Remote } from './remote.ts'
import type { ServerHandlers } from './server.ts'
import type { WorkerHandlers } from './worker.ts'

/** The process of a contestant. */
export type Worker = Remote<WorkerHandlers>

/** Starts the process of a contestant. */
export const startWorker = ({ file }: Entry, flags: string[] = []): Worker =>
  new Remote<WorkerHandlers>(new URL('worker.ts', import.meta.url), { args: [file], flags })

/** The server, and where it listens. */
export interface Arena {
  server: Remote<ServerHandlers>
  url: string
}

/** Starts the server for as long as some work takes. */
export async function withServer<T>(work: (arena: Arena) => Promise<T>): Promise<T> {
  const server = new Remote<ServerHandlers>(new URL('server.ts', import.meta.url))
  try {
    return await work({ server, url: await server.ask('listen', undefined) })
  } finally {
    await server.close()
  }
}

/** One process for each contestant, for as long as some work takes. */
export async function withWorkers<T>(
  entries: Entry[],
  flags: string[],
  work: (workers: Array<{ entry: Entry; worker: Worker }>) => Promise<T>,
): Promise<T> {
  const workers = entries.map((entry) => ({ entry, worker: startWorker(entry, flags) }))
  try {
    return await work(workers)
  } finally {
    await Promise.all(workers.map(({ worker }) => worker.close()))
  }
}

/** The same in another order each round: whoever comes first finds another machine than whoever comes last. */
export const rotated = <T>(items: T[], round: number): T[] => {
  const first = round % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}
