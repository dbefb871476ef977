import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { type AuthBackend, httpBackend } from '../../../src/index.ts'
import { type RedisClient, redisResults, shareRefresh } from '../../../src/server/index.ts'
import { recipe } from './recipe.ts'
import type { NodeSettings } from './settings.ts'

/** How a process of a cluster refreshes. */
export async function backendOf({ kind, redis = '', client, hold }: NodeSettings): Promise<AuthBackend> {
  const backend = httpBackend()
  if (kind === 'alone') return backend
  if (kind === 'recipe') return recipe(backend, await nodeRedis(redis))
  const results = redisResults(client === 'ioredis' ? await ioRedis(redis) : await nodeRedis(redis))
  return shareRefresh(backend, { results, ...(hold !== undefined && { hold }) })
}

/** Both clients find their server again by themselves, and say on the way that it was away. */
const ignore = () => {}

async function nodeRedis(url: string) {
  return createClient({ url, socket: { reconnectStrategy: 50 } })
    .on('error', ignore)
    .connect()
}

async function ioRedis(url: string): Promise<RedisClient> {
  const client = new Redis(url, { retryStrategy: () => 50, lazyConnect: true }).on('error', ignore)
  await client.connect()
  return client
}
