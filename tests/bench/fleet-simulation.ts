import { AxiosHeaders } from 'axios'
import { type Verdict, judge, retryAfter } from '../../src/session/failure.ts'
import { seededRandom } from '../support/seeded-random.ts'
import type { DueRule } from './fleet-rules.ts'
import { type SimulatedWorld, inSimulatedWorld } from './fleet-world.ts'

/** A time during which the token endpoint answers 503, in ms. */
export interface Outage {
  from: number
  until: number
  /** What its answers say in `Retry-After`, in seconds; `'rest'`: what is left of the outage. */
  retryAfter: number | 'rest' | null
  /**
   * Whether clients stretch what it says by chance, as they do; `false` shows what that is good for.
   *
   * @default true
   */
  isStretched?: boolean
}

/** Clients that signed in together. Times are in ms, and count from the first sign-in. */
export interface Fleet {
  seed: number
  clients: number
  /** Over how long the sign-ins were spread, evenly. */
  signIns: number
  lifetime: number
  /** In seconds. */
  leeway: number
  /** Between two requests of a client, on average; they come as a Poisson process. */
  pause: number
  /** How long the token endpoint takes to answer. */
  latency: number
  dueAt: DueRule
  outage: Outage | null
  end: number
}

/** What the token endpoint and its clients have seen. */
export interface FleetReport {
  /** Refreshes that came to the token endpoint in each second, whatever became of them. */
  arrivals: Int32Array
  granted: number
  turnedAway: number
  /** Refreshes that a request had to wait for, as its token was dead. */
  waitedFor: number
  /** Clients that had something to ask for after the end of their token, and no other one when all was over. */
  stranded: number
  /** Which part of their lifetime tokens were in use, on average. */
  lifetimeUsed: number
}

/**
 * Follows each client from its sign-in on, one after another: they meet at the token endpoint alone, and that answers
 * as many as come. Nor is there a need to follow every request, but for those that begin a refresh: in a Poisson
 * process the next one is as far from any moment as from the one before.
 */
export function simulate(fleet: Fleet): FleetReport {
  const random = seededRandom(fleet.seed)
  return inSimulatedWorld(random, (world) => follow(fleet, random, world))
}

function follow(fleet: Fleet, random: () => number, world: SimulatedWorld): FleetReport {
  const { clients, lifetime, latency, outage, end } = fleet
  const arrivals = new Int32Array(Math.ceil(end / 1000))
  const report = { arrivals, granted: 0, turnedAway: 0, waitedFor: 0, stranded: 0, lifetimeUsed: 0 }
  const nextRequest = (after: number) => after - Math.log(1 - random()) * fleet.pause

  /** Asks as `askForTokens` does, and at the next need again where that failed; says when there were new tokens. */
  function refresh(need: number): number {
    for (let at = need, retries = 0; at < end;) {
      arrivals[Math.floor(at / 1000)]!++
      world.now = at + latency
      if (!outage || at < outage.from || at >= outage.until) return world.now
      report.turnedAway++
      const { again, until } = verdict(outage, unavailable(outage, world.now), retries)
      at = again === null ? nextRequest(until) : world.now + again
      retries = again === null ? 0 : retries + 1
    }
    return end
  }

  for (let client = 0; client < clients; client++) {
    let issuedAt = random() * fleet.signIns
    for (;;) {
      const expiresAt = issuedAt + lifetime
      world.now = issuedAt
      const need = nextRequest(fleet.dueAt({ accessToken: 'AT', expiresAt }, fleet.leeway, random))
      if (need >= end) break
      const renewedAt = refresh(need)
      const firstWithout = need < expiresAt ? nextRequest(expiresAt) : need
      if (renewedAt >= end) {
        if (firstWithout < end) report.stranded++
        break
      }
      report.granted++
      if (firstWithout < renewedAt) report.waitedFor++
      report.lifetimeUsed += (Math.min(need, expiresAt) - issuedAt) / lifetime
      issuedAt = renewedAt
    }
  }
  report.lifetimeUsed /= report.granted
  return report
}

/** What a client makes of a failure. */
function verdict({ isStretched = true }: Outage, error: object, retries: number): Verdict {
  const real = judge(error, retries)
  const asked = retryAfter(error)
  if (isStretched || !asked) return real
  return { again: real.again === null ? null : asked, until: performance.now() + Math.max(1000, asked) }
}

/** What a refresh fails with during an outage. */
function unavailable({ until, retryAfter: told }: Outage, now: number) {
  if (told === null) return { response: WITHOUT_A_WORD }
  const wait = told === 'rest' ? Math.max(1, Math.ceil((until - now) / 1000)) : told
  return { response: { status: 503, headers: new AxiosHeaders({ 'retry-after': String(wait) }) } }
}

const WITHOUT_A_WORD = { status: 503, headers: new AxiosHeaders() }
