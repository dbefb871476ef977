import type { AuthTokens, TokenReply } from '../types.ts'
import { type Claim, SILENCE, createClaim, createWatch, isClaim } from './claim.ts'
import { type Outcome, fromText, keptFor, outcomeOf, serves, toText, waits } from './outcome.ts'
import { pause, within } from './pause.ts'
import type { RefreshResults } from './results.ts'
import { type Seal, nameOf, sealOf } from './seal.ts'

/** The first and the longest pause between two looks at the engine, in ms. */
const LOOKS = { first: 10, longest: 100, factor: 1.5 }

/** The first and the longest pause between two tries to leave a result with an engine that is away or lets nothing in, in ms. */
const TRIES = { first: 20, longest: 1_000, factor: 2 }

/** A refresh to be made once by all who want it. */
export interface Wanted {
  results: RefreshResults
  /** In ms. */
  hold: number
  /** Tells the claims of this process from others'. */
  processName: string
  /** What the refresh is known by. */
  token: string
  tokens: AuthTokens
  /** Asks the token endpoint. */
  ask(signal: AbortSignal): PromiseLike<TokenReply | true | null>
}

/** A refresh whose outcome is known. */
export interface Flight {
  outcome: Outcome
  /** Settles once the other processes can know it as well, or need not any more. */
  published: Promise<unknown>
}

/** Where all who want the same refresh meet. */
interface Place extends Wanted {
  key: string
  seal: Seal
}

/**
 * Takes the result that is there, waits for the one who is asking, or asks.
 *
 * Who waits looks again and again, with growing pauses. A channel (pub/sub) would take a second connection of the app's, and what is
 * said on it while a connection is away is lost: one would have to look all the same.
 *
 * @throws Error where the engine cannot be asked
 */
export async function refreshOnce(wanted: Wanted): Promise<Flight> {
  const key = await nameOf(wanted.token)
  const place: Place = { ...wanted, key, seal: sealOf(wanted.token, key) }
  const { results, hold, processName, tokens } = place
  const watch = createWatch(processName)
  const startedAt = performance.now()
  const longest = 2 * hold + SILENCE // a holder's attempt that fails in the end, and one's own
  let isWaiting = false
  for (const pauses = growing(LOOKS); performance.now() - startedAt < longest;) {
    const there = (await results.get(key)) ?? null
    const outcome = there === null || isClaim(there) ? null : await read(place, there)
    const isServed = outcome !== null && serves(outcome, tokens)
    // A failure that was there before: its server wants to be left alone, and this may be the one who tries again.
    if (isServed && (isWaiting || !waits(outcome))) return { outcome, published: Promise.resolve() }
    if (there === null || (outcome ? !isServed : watch.isSilent(there))) {
      const claim = createClaim(processName)
      if (await results.swap(key, there, claim.value, hold + SILENCE)) return askAs(claim, place)
    }
    isWaiting ||= outcome === null
    await pauses.next()
  }
  throw new Error(`Nothing came of the refresh of another process within ${longest} ms.`)
}

/** Asks, and leaves what comes of it to the others. */
async function askAs(claim: Claim, place: Place): Promise<Flight> {
  const { results, key, hold, tokens, ask } = place
  const stop = new AbortController()
  // Longer than the attempt may take: it cannot run out behind its back.
  void claim.keep(results, key, hold + SILENCE, stop.signal)
  const outcome = await outcomeOf(async () => {
    await assertMemory(results, key, hold)
    if (claim.isStale()) throw new Error('The engine, or this process, was too slow to refresh safely.')
    return within(hold, ask)
  }, tokens)
  stop.abort()
  const published = publish(place, outcome)
  // New tokens are not kept from anyone. After a failure there is no hurry, and who tries again must not meet this one.
  return { outcome: 'error' in outcome ? await published : outcome, published }
}

/** Makes sure that nothing being there means that nothing was there. */
async function assertMemory(results: RefreshResults, key: string, hold: number): Promise<void> {
  const age = (await results.age?.(key)) ?? Infinity
  if (age >= hold) return
  throw new Error(`The engine was restarted less than ${hold} ms ago: the token may have been spent before.`)
}

/** Leaves an outcome with the engine for as long as it is good; resolves with the better one where another is there. */
async function publish(place: Place, outcome: Outcome): Promise<Outcome> {
  const ttl = keptFor(outcome, place.hold)
  const end = performance.now() + ttl
  const value = await place.seal.close(toText(outcome))
  for (const pauses = growing(TRIES); performance.now() < end; await pauses.next()) {
    try {
      const left = await put(place, outcome, value, ttl)
      if (left) return left
    } catch {
      // The engine is away. Where it stays away, nobody else can refresh, and nothing is spent twice.
    }
  }
  return outcome
}

/** Resolves with what is there in the end; with `null` where something was written in between, such as a beat of this claim. */
async function put(place: Place, outcome: Outcome, value: string, ttl: number): Promise<Outcome | null> {
  const { results, key } = place
  const there = (await results.get(key)) ?? null
  // This process was taken for dead, and another one has asked. Tokens are better than a failure, no matter who got them.
  const other = there === null || isClaim(there) ? null : await read(place, there)
  if (other && ('error' in outcome || !('error' in other))) return other
  return (await results.swap(key, there, value, ttl)) ? outcome : null
}

async function read({ seal }: Place, value: string): Promise<Outcome> {
  return fromText(await seal.open(value))
}

interface Pauses {
  next(): Promise<void>
}

/** Pauses that grow, spread by chance so that processes do not look in step. */
function growing({ first, longest, factor }: { first: number; longest: number; factor: number }): Pauses {
  let next = first
  return {
    next() {
      const ms = next * (0.75 + Math.random() / 2)
      next = Math.min(longest, next * factor)
      return pause(ms)
    },
  }
}
