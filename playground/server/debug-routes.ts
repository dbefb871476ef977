import { Hono } from 'hono'
import type { AccessTokens } from './access-token.ts'
import type { ApiEnv } from './env.ts'
import { readFaults, type RefreshFault } from './faults.ts'
import { readObject } from './input.ts'
import type { Stats } from './stats.ts'

/** What no real server offers: a look behind the counter, and ways to make trouble. */
export function debugRoutes(accessTokens: AccessTokens, faults: RefreshFault[], stats: Stats): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.get('/stats', (c) => c.json(stats))

  routes.post('/expire', (c) => {
    accessTokens.expireAll()
    return c.body(null, 204)
  })

  routes.get('/fail', (c) => c.json({ refresh: faults }))

  routes.post('/fail', async (c) => {
    const body = await readObject(c)
    faults.splice(0, faults.length, ...readFaults(body['refresh']))
    return c.json({ refresh: faults })
  })

  return routes
}
