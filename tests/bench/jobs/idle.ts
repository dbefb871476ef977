import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Tokens } from '../contestant.ts'
import { startClient } from './client.ts'
import { MemoryServer } from './memory-server.ts'

let client: Client

/** Signs in with a token that lives: at a server, or at one within this process. */
export async function prepare(at: { url: string; tokens: Tokens } | null): Promise<void> {
  if (at) {
    client = await startClient(at)
  } else {
    const server = new MemoryServer()
    const { adapter, url } = server
    client = await startClient({ url, adapter, tokens: server.grant(3_600_000) })
  }
}

/** CPU time of this process per request, in µs. */
export async function loopback({ count, at }: { count: number; at: number }): Promise<number> {
  let left = count
  const lane = async () => {
    while (left-- > 0) await client.get(`/items/${left}`)
  }
  const before = process.cpuUsage()
  await Promise.all(Array.from({ length: at }, lane))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

/** Time per request, one after another, in µs. */
export async function spin({ count }: { count: number }): Promise<number> {
  const before = performance.now()
  for (let n = 0; n < count; n++) await client.get(`/items/${n}`)
  return ((performance.now() - before) * 1000) / count
}

let collections = 0
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] })

/** Bytes allocated per request; `null` where a garbage collection came between. */
export async function allocate({ count }: { count: number }): Promise<number | null> {
  globalThis.gc?.()
  await sleep(10)
  const collected = collections
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < count; n++) await client.get(`/items/${n}`)
  const { heapUsed } = process.memoryUsage()
  await sleep(10)
  return collections === collected ? (heapUsed - before) / count : null
}
