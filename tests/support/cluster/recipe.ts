import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { createClient } from 'redis'
import type { AuthBackend, TokenReply } from '../../../src/index.ts'

/** How long a lock is held at most, in s: what most who show the recipe choose. */
const LOCK = 5

/** How long a result is kept, in s; as long as `shareRefresh` does. */
const KEPT = 30

/** How many looks a waiter takes, 100 ms apart. */
const LOOKS = 100

type Client = Pick<ReturnType<typeof createClient>, 'get' | 'set' | 'del'>

/**
 * What most write by hand: `SET NX` for a lock, who gets it asks and leaves the tokens, the others wait until they are there.
 * The one who has the lock looks again before asking.
 */
export function recipe(backend: AuthBackend, redis: Client): AuthBackend {
  return {
    ...backend,
    async refresh(tokens, context) {
      const id = createHash('sha256').update(String(tokens?.refreshToken)).digest('hex')
      const read = async (): Promise<TokenReply | null> =>
        JSON.parse((await redis.get(`tokens:${id}`)) ?? 'null')
      for (let look = 0; look < LOOKS; look++) {
        const found = await read()
        if (found) return found
        if (await redis.set(`lock:${id}`, '1', { NX: true, EX: LOCK })) {
          try {
            const reply = (await read()) ?? (await backend.refresh(tokens, context))
            await redis.set(`tokens:${id}`, JSON.stringify(reply), { EX: KEPT })
            return reply
          } finally {
            await redis.del(`lock:${id}`)
          }
        }
        await sleep(100)
      }
      throw new Error('The lock was not free in time.')
    },
  }
}
