import { startClient } from './client.ts'
import { heapInUse } from './heap.ts'
import { MemoryServer } from './memory-server.ts'

/** How many times do not count: until the compiler has done its work, the heap grows by that. */
const WARM_UP = 200

/** How often the heap is weighed: after each so many times. */
const STEP = 20

/** Lets the token die again and again, under many requests. Returns by how many bytes the heap has grown each time. */
export async function cycle({ cycles, count }: { cycles: number; count: number }): Promise<number[]> {
  const server = new MemoryServer()
  const { adapter, url } = server
  const client = await startClient({ url, adapter, tokens: server.grant(3_600_000) })

  async function expire(times: number): Promise<number> {
    for (let turn = 0; turn < times; turn++) {
      server.expire()
      await Promise.allSettled(Array.from({ length: count }, (_, n) => client.get(`/items/${n}`)))
    }
    return heapInUse()
  }

  for (let turn = 0; turn < WARM_UP; turn += STEP) await expire(STEP)
  const growth: number[] = []
  let before = await heapInUse()
  for (let turn = 0; turn < cycles; turn += STEP) {
    const after = await expire(STEP)
    growth.push((after - before) / STEP)
    before = after
  }
  return growth
}
