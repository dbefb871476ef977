import { QueryClient, VueQueryPlugin, useQuery, useQueryClient } from '@tanstack/vue-query'
import { describe, expect, test } from 'vitest'
import { isAuthError } from '../../../src/index.ts'
import { type Neighbour, getsAlong, inScope, visitWith } from '../../support/neighbours.ts'

/** The recipe: no retry of what became of the session, `sessionId` in every key, `signal` handed on. */
const neighbour: Neighbour = {
  prepare(app) {
    const queryClient = new QueryClient({
      defaultOptions: {
        queries: {
          retry: (count, error) => !isAuthError(error) && count < 3,
          retryDelay: 10,
          staleTime: Infinity,
        },
      },
    })
    app.use(VueQueryPlugin, { queryClient })
  },
  arrange({ app, http, store }) {
    const queryClient = inScope(app, () => useQueryClient())
    return async (path, signal) => {
      const queryKey = [store.sessionId, path]
      const query = inScope(app, () =>
        useQuery({
          queryKey,
          queryFn: ({ signal: aborted }) => http.get(path, { signal: aborted }).then(({ data }) => data),
        }),
      )
      signal?.addEventListener('abort', () => void queryClient.cancelQueries({ queryKey }))
      await query.suspense()
      if (query.error.value) throw query.error.value
      if (signal?.aborted) throw signal.reason
      return query.data.value
    }
  },
  isAbort: (error) => (error as Error).name === 'AbortError',
}

describe('TanStack Vue Query', () => {
  getsAlong(neighbour)

  test('a failed refresh is tried again by nobody but the next need', async () => {
    const { server, ask, refreshing } = await visitWith(neighbour)
    refreshing.open()
    server.faults.push({ status: 500 }, { status: 500 })

    await expect(ask('/items/1')).rejects.toMatchObject({ code: 'ERR_AUTH_REFRESH' })

    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect(server.to('/items/1')).toHaveLength(1)
  })
})
