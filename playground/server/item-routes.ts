import { setTimeout as sleep } from 'node:timers/promises'
import { Hono, type MiddlewareHandler } from 'hono'
import type { ApiEnv } from './env.ts'
import { readInteger, readObject } from './input.ts'
import { readStation } from './stations.ts'

const MOST_ITEMS = 100_000
const LONGEST_DELAY = 10_000

/** Something worth protecting: weather stations that can be read and written to. */
export function itemRoutes(authorized: MiddlewareHandler<ApiEnv>, closing: AbortSignal): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  // The verdict on the token falls when the request arrives, and travels as slowly as any other answer.
  routes.use('/:id', async (c, next) => {
    const delay = readInteger(c.req.query('delay') ?? '0', 'delay', 0, LONGEST_DELAY)
    await next()
    if (delay > 0) await sleep(delay, undefined, { signal: closing }).catch(() => undefined)
  })
  routes.use('/:id', authorized)

  routes.get('/:id', (c) => c.json(readStation(readId(c.req.param('id')))))

  routes.post('/:id', async (c) => {
    const id = readId(c.req.param('id'))
    const received = await readObject(c)
    return c.json({ id, received, by: c.get('user').username }, 201)
  })

  return routes
}

function readId(text: string): number {
  return readInteger(text, 'id', 1, MOST_ITEMS)
}
