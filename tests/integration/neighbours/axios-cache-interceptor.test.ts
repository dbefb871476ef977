import { buildKeyGenerator, setupCache } from 'axios-cache-interceptor'
import { describe, expect, test } from 'vitest'
import { httpBackend } from '../../../src/index.ts'
import { clientOf } from '../../support/client-of.ts'
import { type Neighbour, getsAlong, visitWith } from '../../support/neighbours.ts'
import { startServer, visit } from '../../support/world.ts'

/** The recipe: answers belong to the session that asked, which every config names. */
const neighbour: Neighbour = {
  options: { backend: httpBackend({ user: '/auth/me' }) },
  arrange({ http }) {
    const cached = setupCache(http, {
      generateKey: buildKeyGenerator(({ sessionId, baseURL, url, method, params, data }) => ({
        sessionId,
        baseURL,
        url,
        method,
        params,
        data,
      })),
      interpretHeader: false,
    })
    return (path, signal) => cached.get(path, { ...(signal && { signal }) }).then(({ data }) => data)
  },
}

describe('axios-cache-interceptor', () => {
  getsAlong(neighbour)

  test('answers from its cache, also after a refresh: the session is the same', async () => {
    const { server, client, ask, refreshing } = await visitWith(neighbour)
    refreshing.open()
    const first = await ask('/items/1')
    const { length } = server.to('/items/1')

    await client.store.refresh()

    expect(await ask('/items/1')).toEqual(first)
    expect(server.to('/items/1')).toHaveLength(length)
  })

  test('finding 53: the next user gets their own answers, and comes back to none of another session', async () => {
    const { server, client, ask, refreshing } = await visitWith(neighbour)
    refreshing.open()
    expect(await ask('/items/1')).toMatchObject({ session: 1 })

    await client.store.setTokens(server.grant())
    expect(await ask('/items/1')).toMatchObject({ session: 2 })
    await client.store.logout({ redirect: false })
    await expect(ask('/items/1')).rejects.toMatchObject({ response: { status: 401 } })
    await client.store.setTokens(server.grant())
    expect(await ask('/items/1')).toMatchObject({ session: 3 })
  })

  test('finding 53: whose user it is comes from no cache, even where the keys are URLs alone', async () => {
    const server = await startServer()
    const client = visit(server, clientOf(server, { backend: httpBackend({ user: '/auth/me' }) }))
    setupCache(client.http, { interpretHeader: false })
    await client.store.login({}, { redirect: false })
    expect(client.store.user).toEqual({ id: 1 })

    await client.store.login({}, { redirect: false })
    expect(client.store.user).toEqual({ id: 2 })

    await client.store.fetchUser()
    expect(server.to('/auth/me')).toHaveLength(3)
  })
})
