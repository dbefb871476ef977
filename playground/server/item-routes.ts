import { setTimeout as sleep } from 'node:timers/promises'
import { Hono, type MiddlewareHandler } from 'hono'
import type { ApiEnv } from './env.ts'
import { readInteger, readObject } from './input.ts'

/** A weather station, as it is now. */
export interface Item {
  id: number
  name: string
  /** In °C. */
  temperature: number
  /** In km/h. */
  wind: number
  /** ISO 8601. */
  takenAt: string
}

const PLACES = [
  'Harbour',
  'Lighthouse',
  'North Ridge',
  'Old Mill',
  'Glacier Foot',
  'Saltmarsh',
  'Observatory',
  'Vineyard',
  'High Pass',
  'Quarry Lake',
  'Fell Bridge',
  'Airfield',
]
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

  routes.get('/:id', (c) => c.json(read(readId(c.req.param('id')))))

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

/** Readings drift with the time of day, so that a fresh one can be told from an old one. */
function read(id: number): Item {
  const phase = Date.now() / 60_000 + id * 7
  return {
    id,
    name: PLACES[(id - 1) % PLACES.length] ?? '',
    temperature: Math.round((9 + 8 * Math.sin(id) + 1.5 * Math.sin(phase)) * 10) / 10,
    wind: Math.round(14 + 10 * Math.cos(id * 2) + 4 * Math.cos(phase * 3)),
    takenAt: new Date().toISOString(),
  }
}
