import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../contestant.ts'
import { startClient } from './client.ts'
import { heapInUse } from './heap.ts'
import { MemoryServer } from './memory-server.ts'

/** What requests wait for. */
export type WaitsFor = 'the adapter' | 'the refresh, before it is sent' | 'the refresh, after its 401'

/** What waiting requests hold on to. */
export interface Waiting {
  /** How many still wait; the others have been rejected at once. */
  waiting: number
  /** Bytes per request, all that belongs to a request included. */
  bytes: number
  /** Bytes in all that are left after they have settled. */
  left: number
}

const isRefresh = (path: string) => path.endsWith('/auth/refresh')

/** Lets many requests wait, weighs them, lets them go, and weighs what is left. */
export async function retain({ count, waitsFor }: { count: number; waitsFor: WaitsFor }): Promise<Waiting> {
  await wait({ count: 1_000, waitsFor }) // so that what is made once is there
  return wait({ count, waitsFor })
}

async function wait({ count, waitsFor }: { count: number; waitsFor: WaitsFor }): Promise<Waiting> {
  const server = new MemoryServer()
  const goesByClock = waitsFor === 'the refresh, before it is sent'
  const tokens = server.grant(goesByClock ? 200 : 3_600_000)
  const client = await startClient({ url: server.url, adapter: server.adapter, tokens, goesByClock })
  if (goesByClock) await sleep(250)
  if (waitsFor === 'the refresh, after its 401') server.expire()
  server.hold(waitsFor === 'the adapter' ? (path) => !isRefresh(path) : isRefresh)

  const before = await heapInUse()
  const tally = { pending: count }
  const requests = send(client, count, tally)
  await sleep(500)
  const bytes = ((await heapInUse()) - before) / count
  const waiting = tally.pending
  server.letGo()
  await Promise.race([requests, sleep(3_000)]) // some never settle
  return { waiting, bytes, left: (await heapInUse()) - before }
}

/** Nothing of a request is kept here, so that all that is weighed belongs to the client. */
function send(client: Client, count: number, tally: { pending: number }): Promise<void> {
  return new Promise((resolve) => {
    const settled = () => {
      if (--tally.pending === 0) resolve()
    }
    for (let n = 0; n < count; n++) client.get(`/items/${n}`).then(settled, settled)
  })
}
