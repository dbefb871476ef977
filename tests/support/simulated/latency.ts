import { uptime } from '../fake-time.ts'

/** What is on its way between a tab and the rest of the browser. */
export type Traffic = 'storage' | 'locks' | 'messages' | 'network'

/** How long the next one of a kind takes, in ms. */
export type Latency = (kind: Traffic) => number

/** The same for each, so that everything arrives in the order in which it was sent. */
export const steady =
  (ms: number): Latency =>
  () =>
    ms

/** One way on which nothing overtakes; two ways of the same browser do overtake each other. */
export class Lane {
  readonly #kind: Traffic
  readonly #latency: Latency
  readonly #queue: Array<() => void> = []
  #last = 0

  constructor(kind: Traffic, latency: Latency) {
    this.#kind = kind
    this.#latency = latency
  }

  send(arrive: () => void): void {
    this.#queue.push(arrive)
    this.#last = Math.max(this.#last, uptime() + this.#latency(this.#kind))
    // Whichever timer fires first, it is the turn of what was sent first.
    setTimeout(() => this.#queue.shift()?.(), this.#last - uptime())
  }
}
