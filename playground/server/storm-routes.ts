import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Hono, type MiddlewareHandler } from 'hono'
import { answerError } from './answer-error.ts'
import type { ApiEnv } from './env.ts'
import { type RefreshFault, readFaults } from './faults.ts'
import type { GrantReply } from './grants.ts'
import { readOptionalObject } from './input.ts'
import { createStats, type Stats } from './stats.ts'

/** A storm: its name, which is part of its base URL, and the tokens to begin with. The access token is a dead one. */
export type StormReply = GrantReply & { id: string }

/** Makes the routes of an API that counts for itself and breaks by itself. */
export type OpenApi = (stats: Stats, faults: RefreshFault[]) => Hono<ApiEnv>

/** In ms. */
const NETWORK_DELAY = 40
const MOST_STORMS = 60
const MOST_REFRESHES = 1_000

/**
 * The comparison's storms. Each has an API to itself, with its own counters and faults, so that what is compared does
 * not get into each other's way: `/api/storms/<id>/auth/refresh`, `/api/storms/<id>/items/1`, …
 */
export function stormRoutes(open: OpenApi, expiredGrant: () => Promise<GrantReply>): Hono<ApiEnv> {
  const storms = new Map<string, Hono<ApiEnv>>()
  const routes = new Hono<ApiEnv>()

  routes.post('/', async (c) => {
    const { refresh = [], always = false } = await readOptionalObject(c)
    const faults = Array(always ? MOST_REFRESHES : 1)
      .fill(readFaults(refresh))
      .flat()
    const id = randomUUID()
    const stats = createStats()
    const api = new Hono<ApiEnv>().basePath(`${new URL(c.req.url).pathname.replace(/\/$/, '')}/${id}`)
    api.onError(answerError)
    // Over a network a refresh takes a while.
    api.use('/auth/*', async (_context, next) => {
      await sleep(NETWORK_DELAY)
      await next()
    })
    api.route('/', open(stats, faults))
    api.get('/stats', (context) => context.json(stats))
    storms.set(id, api)
    for (const old of [...storms.keys()].slice(0, -MOST_STORMS)) storms.delete(old)
    return c.json({ id, ...(await expiredGrant()) } satisfies StormReply, 201)
  })

  const dispatch: MiddlewareHandler<ApiEnv> = async (c, next) => {
    const storm = storms.get(c.req.param('id') ?? '')
    return storm ? storm.fetch(c.req.raw, c.env) : next()
  }
  routes.all('/:id/*', dispatch)
  return routes
}
