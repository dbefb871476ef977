import { type TestContext, expect } from 'vitest'
import type { TabEvent } from './protocol.ts'

/** In ms: what the library promises of a tab that is awake, on a machine that is free. */
const PROMISE = 500

/** In ms: so much later may single news be where other work has the processor. The median may not. */
const TOLERANCE = 900

type Cause = number | Promise<TabEvent>

/** How long news take from one tab to another, by their kind. */
export class Delays {
  readonly #delays: Record<string, number[]> = {}

  /** Measures how much later something happens in one tab than its cause (since the epoch, or an event) in another. */
  async measure(kind: string, [from, to]: [Cause, Promise<TabEvent>]): Promise<void> {
    const [cause, effect] = await Promise.all([from, to])
    const delays = (this.#delays[kind] ??= [])
    delays.push(effect.at - (typeof cause === 'number' ? cause : cause.at))
  }

  /** Holds the delays to the promise, and notes them with the test. */
  async expectShort({ annotate }: TestContext): Promise<void> {
    for (const [kind, delays] of Object.entries(this.#delays)) {
      const sorted = delays.toSorted((one, other) => one - other)
      const median = sorted[Math.floor(sorted.length / 2)]
      const longest = sorted.at(-1)
      await annotate(`${kind}: median ${median} ms, longest ${longest} ms`)
      expect(median, kind).toBeLessThanOrEqual(PROMISE)
      expect(longest, kind).toBeLessThanOrEqual(PROMISE + TOLERANCE)
    }
  }
}
