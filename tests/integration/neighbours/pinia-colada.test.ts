import { PiniaColada, useQuery, useQueryCache } from '@pinia/colada'
import { describe } from 'vitest'
import { type Neighbour, getsAlong, inScope } from '../../support/neighbours.ts'

/** The recipe: `sessionId` in every key, `signal` handed on. */
const neighbour: Neighbour = {
  prepare: (app) => void app.use(PiniaColada),
  arrange({ app, http, store }) {
    const cache = inScope(app, () => useQueryCache())
    return async (path, signal) => {
      const key = [store.sessionId, path]
      const query = inScope(app, () =>
        useQuery({
          key,
          query: ({ signal: aborted }) => http.get(path, { signal: aborted }).then(({ data }) => data),
        }),
      )
      signal?.addEventListener('abort', () => cache.cancelQueries({ key }, signal.reason))
      await query.refresh()
      if (query.error.value) throw query.error.value
      if (signal?.aborted) throw signal.reason
      return query.data.value
    }
  },
  isAbort: (error) => (error as Error).name === 'AbortError',
}

describe('pinia-colada', () => {
  getsAlong(neighbour)
})
