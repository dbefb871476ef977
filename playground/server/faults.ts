import { setTimeout as sleep } from 'node:timers/promises'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ApiEnv } from './env.ts'
import { InvalidInputError } from './input.ts'
import type { Stats } from './stats.ts'

/**
 * What a refresh meets instead of its answer: a status, with the token left alone; a connection that drops before
 * the token was rotated, or after; no answer at all; or the right one, late.
 */
export type RefreshFault = number | 'drop' | 'drop-after' | 'hang' | 'slow'

const LONGEST_HANG = 60_000
/** In ms. */
const SLOW = 1_500
const MOST_FAULTS = 100

/** Reads a list of faults out of a request. */
export function readFaults(value: unknown): RefreshFault[] {
  if (!Array.isArray(value) || value.length > MOST_FAULTS || !value.every(isRefreshFault)) {
    throw new InvalidInputError(
      `"refresh" must be a list of at most ${MOST_FAULTS} statuses from 400 to 599, "drop", "drop-after", "hang" or "slow".`,
    )
  }
  return value
}

function isRefreshFault(value: unknown): value is RefreshFault {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 400 && value <= 599
  return value === 'drop' || value === 'drop-after' || value === 'hang' || value === 'slow'
}

/** Counts every refresh, and lets it meet the first of the faults that are left, if any. */
export function meetFaults(
  faults: RefreshFault[],
  stats: Stats,
  closing: AbortSignal,
): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    stats.refreshes++
    const fault = faults.shift()
    if (typeof fault === 'number') return c.json({ error: errorOf(fault) }, fault as ContentfulStatusCode)
    if (fault === 'hang') await stall(c, closing, LONGEST_HANG)
    if (fault === 'slow') await stall(c, closing, SLOW)
    if (fault !== 'drop' && fault !== 'hang') await next()
    if (fault !== undefined && fault !== 'slow') drop(c)
    return undefined
  }
}

function errorOf(status: number): string {
  return status === 400 || status === 401 ? 'invalid_grant' : 'temporarily_unavailable'
}

async function stall(c: Context<ApiEnv>, closing: AbortSignal, time: number): Promise<void> {
  const signal = AbortSignal.any([closing, c.req.raw.signal])
  await sleep(time, undefined, { signal }).catch(() => undefined)
}

function drop(c: Context<ApiEnv>): void {
  const { incoming, outgoing } = c.env
  // A browser sends a request again by itself when a connection that it reused ends before any headers came, and
  // the page never hears of it. With half an answer it has to tell.
  if (incoming.headers['sec-fetch-site']) outgoing.writeHead(200, { 'Content-Length': 1 }).flushHeaders()
  incoming.socket.destroy()
  c.res = RESPONSE_ALREADY_SENT
}
