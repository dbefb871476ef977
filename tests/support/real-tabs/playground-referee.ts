import { getRequestListener } from '@hono/node-server'
import { createApi } from '../../../playground/server/app.ts'
import { Checkpoint } from './checkpoint.ts'
import type { Referee } from './referee.ts'

const REFRESH = '/api/auth/refresh'

/** The playground's own server, which can be told to make trouble. */
export interface PlaygroundReferee extends Referee {
  /** Refuses the next refresh. */
  refuse(): Promise<void>
}

/** Starts the playground's own server; its tokens outlive every test unless they are told to die. */
export async function playgroundReferee({ cookie = false } = {}): Promise<PlaygroundReferee> {
  // Pages of an opaque origin call from elsewhere, even though they came from here.
  const api = await createApi({ debug: true, accessTtl: 60, origins: ['null'] })
  const checkpoint = new Checkpoint(
    getRequestListener(api.app.fetch, { overrideGlobalObjects: false }),
    cookie ? '/api/auth/cookie/refresh' : REFRESH,
  )
  const post = (path: string, body?: object) =>
    api.app.request(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })

  return {
    name: "the playground's server",
    settings: { api: '/api', resource: '/items/1', cookie },
    listen: checkpoint.listen,
    checkpoint,
    get refreshes() {
      return api.stats.refreshes
    },
    get reuses() {
      return api.stats.reuses
    },
    async expire() {
      await post('/api/debug/expire')
    },
    async refuse() {
      await post('/api/debug/fail', { refresh: [401] })
    },
    async grant() {
      const answer = await post('/api/auth/login', { username: 'ada', password: 'ada' })
      const reply: Record<string, unknown> = await answer.json()
      checkpoint.note(reply)
      return reply
    },
    async takes(refreshToken) {
      return (await post(REFRESH, { refresh_token: refreshToken ?? 'none' })).ok
    },
    async close() {
      checkpoint.releaseAll()
      api.close()
    },
  }
}
