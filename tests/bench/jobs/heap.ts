import { setTimeout as sleep } from 'node:timers/promises'

/** Bytes in use after a garbage collection. */
export async function heapInUse(): Promise<number> {
  // What finalizers and the last turn still held goes with the next one.
  for (let round = 0; round < 3; round++) {
    await sleep(20)
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}
