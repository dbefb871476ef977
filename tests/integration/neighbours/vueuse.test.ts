import { useAxios } from '@vueuse/integrations/useAxios'
import { describe, expect, test } from 'vitest'
import { nextTick, watch } from 'vue'
import { isAuthError } from '../../../src/index.ts'
import { type Neighbour, getsAlong, inScope, visitWith } from '../../support/neighbours.ts'

/** The recipe: the registered instance in the place of VueUse's own. */
const neighbour: Neighbour = {
  arrange({ app, http }) {
    return async (path, signal) => {
      const request = inScope(app, () => useAxios(path, http, { immediate: true }))
      const aborted = new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => {
          request.abort()
          reject(signal.reason)
        })
      })
      await Promise.race([request, aborted])
      return request.data.value
    }
  },
  isAbort: (error) => (error as Error).name === 'AbortError',
}

describe('VueUse useAxios', () => {
  getsAlong(neighbour)

  test('tells what became of the session in its `error`', async () => {
    const { server, client, refreshing } = await visitWith(neighbour)
    refreshing.open()
    server.refusing = true
    const request = inScope(client.app, () => useAxios('/items/1', client.http))

    await request.then(null, () => {})

    expect(request.error.value).toSatisfy(isAuthError)
    expect(request.isFinished.value).toBe(true)
  })

  test('the recipe for another visitor: execute again when `sessionId` changes', async () => {
    const { server, client, refreshing } = await visitWith(neighbour)
    refreshing.open()
    const request = inScope(client.app, () => {
      const loading = useAxios('/items/1', client.http)
      watch(
        () => client.store.sessionId,
        () => void loading.execute(),
      )
      return loading
    })
    await request
    expect(request.data.value).toMatchObject({ session: 1 })

    await client.store.setTokens(server.grant())
    await nextTick()
    await request

    await expect.poll(() => request.data.value).toMatchObject({ session: 2 })
  })
})
