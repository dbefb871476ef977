import { within } from './pause.ts'
import type { RefreshResults } from './results.ts'

/** How long a command may take, in ms. Clients queue commands while they are not connected, some of them without end. */
const TIMEOUT = 2_000

/** Reads: by a script, for clients send plain reads to replicas, which lag behind. */
const GET = `return redis.call('GET', KEYS[1])`

/** Compares and sets; nothing there counts as an empty text. */
const SWAP = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`

/** For how many seconds the node that holds the key has been up; nothing where the user may not ask. */
const UPTIME = `
local info = redis.pcall('INFO', 'server')
return type(info) == 'string' and string.match(info, 'uptime_in_seconds:(%d+)') or nil`

/** As much of a client of `redis` (node-redis) as is used here: of a client, a pool, a cluster or a sentinel. */
export interface NodeRedisClient {
  /** Runs a Lua script. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** As much of a client of `ioredis` or `iovalkey` as is used here: of a client or a cluster. */
export interface IoRedisClient {
  /** Runs a Lua script. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  /** Sends any command; tells this client from the other kind. */
  call(command: string, ...commandArguments: string[]): Promise<unknown>
}

/** A connected client of either kind. */
export type RedisClient = NodeRedisClient | IoRedisClient

/** What `redisResults` may be told. */
export interface RedisResultsOptions {
  /**
   * What every key begins with. Apps, and identities whose tokens come from different servers, may share one or have their own.
   *
   * @default 'vue-auth-axios:refresh:'
   */
  prefix?: string
}

/**
 * Leaves results with Redis or Valkey, through the app's own client (`redis` or `ioredis`).
 *
 * A command that takes more than two seconds fails. A Redis that was restarted is not trusted until it has been up
 * for `hold`, for it may have lost who asks (its user needs leave for `INFO`; without it, a restart goes unnoticed). A replica
 * that takes over may lack the last moments before: `WAIT` and quorums are not used here. Keys must not be evicted: `noeviction`, or a
 * `volatile-` policy with room for a kilobyte for each refresh of the last `hold`.
 *
 * @throws Error where it is no such client
 *
 * @example
 * ```ts
 * const client = await createClient({ url: 'redis://10.0.0.7' }).connect()
 * shareRefresh(httpBackend(), { results: redisResults(client) })
 * ```
 */
export function redisResults(
  client: RedisClient,
  { prefix = 'vue-auth-axios:refresh:' }: RedisResultsOptions = {},
): RefreshResults {
  const run = scriptsOf(client)
  const command = async (script: string, key: string, ...values: string[]) =>
    within(TIMEOUT, async () => run(script, prefix + key, values))
  return {
    async get(key) {
      const value = await command(GET, key)
      return value === null || value === undefined ? null : String(value)
    },
    swap: async (key, expected, value, ttl) =>
      Number(await command(SWAP, key, expected ?? '', value, String(Math.ceil(ttl)))) === 1,
    async age(key) {
      const seconds = await command(UPTIME, key)
      // Whole seconds of two clocks: up to one of them may not have passed.
      return seconds === null || seconds === undefined ? Infinity : (Number(seconds) - 1) * 1000
    },
  }
}

/** How a client is told to run a script on one key. */
function scriptsOf(client: RedisClient): (script: string, key: string, values: string[]) => Promise<unknown> {
  if (typeof client?.eval !== 'function') {
    throw new Error('`redisResults` needs a connected client of `redis` (node-redis) or `ioredis`.')
  }
  if ('call' in client) return (script, key, values) => client.eval(script, 1, key, ...values)
  return (script, key, values) => client.eval(script, { keys: [key], arguments: values })
}
