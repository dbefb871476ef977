import type { Awaitable } from '../types.ts'

/**
 * Where refreshes leave their results for each other: all that `shareRefresh` asks of an engine. Redis is there as
 * `redisResults`; a table in Postgres, Deno KV, DynamoDB or a Durable Object can offer the same two operations.
 *
 * Keys and values are text of visible ASCII. A key is a hash and a value is encrypted, or names who is asking: the engine
 * never sees a token. An operation that cannot be made has to reject, and within seconds: the refresh then fails for
 * now. It must not pretend that nothing is there, for a token that is sent twice can cost the session.
 *
 * @example
 * ```ts
 * // Postgres: create table refreshes (key text primary key, value text not null, ends_at timestamptz not null)
 * const results: RefreshResults = {
 *   async get(key) {
 *     const { rows } = await pool.query('select value from refreshes where key = $1 and ends_at > now()', [key])
 *     return rows[0]?.value
 *   },
 *   async swap(key, expected, value, ttl) {
 *     const ends = `now() + ${Number(ttl)} * interval '1 ms'`
 *     const { rowCount } =
 *       expected === null
 *         ? await pool.query(
 *             `insert into refreshes values ($1, $2, ${ends}) on conflict (key) do update
 *              set value = excluded.value, ends_at = excluded.ends_at where refreshes.ends_at <= now()`,
 *             [key, value],
 *           )
 *         : await pool.query(
 *             `update refreshes set value = $2, ends_at = ${ends}
 *              where key = $1 and value = $3 and ends_at > now()`,
 *             [key, value, expected],
 *           )
 *     return rowCount === 1
 *   },
 * }
 * ```
 */
export interface RefreshResults {
  /** Reads what is there now, from where it was written: a replica that lags behind will not do. */
  get(key: string): Awaitable<string | null | undefined>
  /**
   * Writes `value` for `ttl` ms if what is there is `expected`, `null` meaning nothing, and tells whether it did. Atomic:
   * of many who expect the same, one gets `true`.
   */
  swap(key: string, expected: string | null, value: string, ttl: number): Awaitable<boolean>
  /**
   * Tells for how long, in ms, where this key is kept nothing has been forgotten but what had run out. One that loses its memory when it is restarted
   * cannot know what was asked before: until it is as old as `hold`, refreshes fail for now. Left out: it never forgets.
   */
  age?(key: string): Awaitable<number>
}
