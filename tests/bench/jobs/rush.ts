import { subscribe } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Tokens } from '../contestant.ts'
import { startClient } from './client.ts'

/** Many requests at once. */
export interface Rush {
  url: string
  tokens: Tokens
  count: number
  goesByClock?: boolean
  /** How long to wait after the sign-in, in ms. */
  pause?: number
}

/** What became of them. */
export interface RushOutcome {
  succeeded: number
  failed: number
  /** Neither, though nothing had happened for two seconds. */
  hung: number
  /** From the first request to the last answer, in ms. */
  ms: number
  /** How long each request took that succeeded, in ms: the longest. */
  longest: number
  /** Why requests failed, and how many for each reason. */
  reasons: Record<string, number>
}

/** After how long without any answer a request counts as hung, in ms. */
const STANDSTILL = 2_000
const LOOK = 200

/** Whatever happens, it is over after so long, in ms: some clients never stop asking. */
const LONGEST = 30_000

let answers = 0
subscribe('http.client.response.finish', () => answers++)

/** Sends requests all at once, and waits until each has ended or nothing happens any more. */
export async function rush({ count, pause = 0, ...setting }: Rush): Promise<RushOutcome> {
  const client = await startClient(setting)
  if (pause) await sleep(pause)
  const outcome: RushOutcome = { succeeded: 0, failed: 0, hung: count, ms: 0, longest: 0, reasons: {} }
  const begin = performance.now()
  let end = begin

  function settled(error?: unknown): void {
    outcome.hung--
    end = performance.now()
    if (error === undefined) {
      outcome.succeeded++
      outcome.longest = end - begin
      return
    }
    outcome.failed++
    const reason = error instanceof Error ? error.message : String(error)
    outcome.reasons[reason] = (outcome.reasons[reason] ?? 0) + 1
  }

  const all = Promise.all(
    Array.from({ length: count }, (_, n) =>
      client.get(`/items/${n}`).then(
        () => settled(),
        (error: unknown) => settled(error ?? 'unknown'),
      ),
    ),
  )
  await Promise.race([all, standstill(() => answers + count - outcome.hung)])
  return { ...outcome, ms: end - begin }
}

/** Resolves once a figure has not changed for long, or has changed for too long. */
async function standstill(figure: () => number): Promise<void> {
  const begin = performance.now()
  let last = figure()
  // Counted in looks, not by the clock: a client that keeps the process busy has not come to a standstill.
  let looks = 0
  while (looks < STANDSTILL / LOOK && performance.now() - begin < LONGEST) {
    await sleep(LOOK, undefined, { ref: false })
    const now = figure()
    looks = now === last ? looks + 1 : 0
    last = now
  }
}
