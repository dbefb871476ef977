import rateLimit from 'axios-rate-limit'
import { describe, expect, test } from 'vitest'
import { type Neighbour, getsAlong, visitWith } from '../../support/neighbours.ts'
import { times } from '../../support/outcomes.ts'

/** The recipe: the instance itself, which waits its turn before the session has a look at the request. */
const neighbour: Neighbour = {
  arrange({ http }) {
    const limited = rateLimit(http, { maxRequests: 30, perMilliseconds: 100 })
    return (path, signal) => limited.get(path, { ...(signal && { signal }) }).then(({ data }) => data)
  },
}

describe('axios-rate-limit', () => {
  getsAlong(neighbour)

  test('counts what the application sends: a refresh and a replay take nobody’s turn', async () => {
    const slow: Neighbour = {
      arrange({ http }) {
        const limited = rateLimit(http, { maxRequests: 2, perMilliseconds: 60 })
        return (path) => limited.get(path).then(({ data }) => data)
      },
    }
    const { server, ask, refreshing } = await visitWith(slow)
    refreshing.open()

    const answers = await Promise.all(times(6, (n) => ask(`/items/${n}`)))

    expect(answers).toEqual(times(6, (n) => ({ path: `/items/${n}`, session: 1 })))
    expect(server.to('/auth/refresh')).toHaveLength(1)
    // Those that came in the second and third turn had a fresh token from the start.
    expect(server.to('/items').filter(({ status }) => status === 401).length).toBeLessThanOrEqual(2)
  })

  test('holds a request back that its session outlives, and one that it does not is not sent', async () => {
    const slow: Neighbour = {
      arrange({ http }) {
        const limited = rateLimit(http, { maxRequests: 1, perMilliseconds: 100 })
        return (path) => limited.post(path).then(({ data }) => data)
      },
    }
    const { server, client, ask, refreshing } = await visitWith(slow)
    refreshing.open()
    await client.store.refresh()
    const [first, second] = [ask('/items/1'), ask('/items/2').then(null, (error: unknown) => error)]
    await first

    await client.store.setTokens(server.grant())

    expect(await second).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    expect(server.to('/items/2')).toHaveLength(0)
  })
})
