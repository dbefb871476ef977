import axiosRetry, { isNetworkOrIdempotentRequestError } from 'axios-retry'
import { describe, expect, test } from 'vitest'
import { isAuthError } from '../../../src/index.ts'
import { type Neighbour, getsAlong, visitWith } from '../../support/neighbours.ts'
import { failure } from '../../support/outcomes.ts'

/** The recipe: what became of the session is not for a retry to mend. */
const withRecipe: Neighbour = {
  arrange({ http }) {
    axiosRetry(http, {
      retries: 3,
      retryCondition: (error) => !isAuthError(error) && isNetworkOrIdempotentRequestError(error),
    })
    return (path, signal) => http.get(path, { ...(signal && { signal }) }).then(({ data }) => data)
  },
}

/** axios-retry as it comes: it takes an error without an answer for the network's. */
const asItComes: Neighbour = {
  arrange({ http }) {
    axiosRetry(http, { retries: 3 })
    return (path, signal) => http.get(path, { ...(signal && { signal }) }).then(({ data }) => data)
  },
}

describe('axios-retry with its recipe', () => {
  getsAlong(withRecipe)

  test('retries what the server could not do, with the token of the moment', async () => {
    const { server, ask, refreshing } = await visitWith(withRecipe)
    refreshing.open()
    let busy = 2
    server.answers = ({ path }, isAuthorised) =>
      path === '/items/1' && isAuthorised && busy-- > 0 ? { status: 503 } : undefined

    expect(await ask('/items/1')).toEqual({ path: '/items/1', session: 1 })
    expect(server.to('/items/1').map(({ status }) => status)).toEqual([401, 503, 503, 200])
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })

  test('does not try again what a refused refresh has ended', async () => {
    const { server, client, ask, refreshing } = await visitWith(withRecipe)
    refreshing.open()
    server.refusing = true

    expect(await failure(ask('/items/1'))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(client.store.status).toBe('expired')
    expect(server.to('/items/1')).toHaveLength(1)
    expect(server.to('/auth/refresh')).toHaveLength(1)
  })
})

describe('axios-retry as it comes', () => {
  getsAlong(asItComes)

  test.each(['post', 'put', 'delete'] as const)(
    'finding 17: a %s of one user is never executed as the next',
    async (method) => {
      const { server, client, refreshing } = await visitWith(asItComes)
      const sent = client.http.request({ method, url: '/items/7', data: { amount: 100 } })
      await server.arrived('/auth/refresh')

      await client.store.setTokens(server.grant())

      expect(await failure(sent)).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
      refreshing.open()
      expect(server.to('/items/7').map(({ status }) => status)).toEqual([401])
    },
  )

  test('finding 17: nor is what a hand-written "no answer: once more" sends again', async () => {
    const neighbour: Neighbour = {
      arrange({ http }) {
        http.interceptors.response.use(null, (error) => {
          if (error.response || error.config.again) throw error
          return http.request({ ...error.config, again: true })
        })
        return (path) => http.post(path, { amount: 100 }).then(({ data }) => data)
      },
    }
    const { server, client, ask, refreshing } = await visitWith(neighbour)
    const sent = ask('/items/7')
    await server.arrived('/auth/refresh')

    await client.store.setTokens(server.grant())

    expect(await failure(sent)).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    refreshing.open()
    expect(server.to('/items/7').map(({ status }) => status)).toEqual([401])
  })
})
