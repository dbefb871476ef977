import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineTab } from './engines/engine.ts'
import type { RemoteTab } from './protocol.ts'
import type { Arrival } from './steered-page.ts'
import type { Steering } from './steering.ts'

/** How long a page is waited for, and how long nobody asks it between two looks, in ms. */
const PATIENCE = { timeout: 15_000, pause: 10 }

/** A tab of any engine. */
export class SteeredTab implements RemoteTab {
  readonly #name: string
  readonly #steering: Steering
  readonly #tab: EngineTab

  constructor(name: string, steering: Steering, tab: EngineTab) {
    this.#name = name
    this.#steering = steering
    this.#tab = tab
  }

  run<Result>(work: () => Result): Promise<Awaited<Result>>
  run<Result, Input>(work: (input: Input) => Result, input: Input): Promise<Awaited<Result>>
  run<Result, Input>(work: (input: Input) => Result, input?: Input): Promise<Awaited<Result>> {
    return this.#steering.order(this.#name, { work: String(work), input }) as Promise<Awaited<Result>>
  }

  /** It is asked from outside: in a hidden tab a timer takes a second. */
  until<Result>(look: () => Result): Promise<Awaited<Result>>
  until<Result, Input>(look: (input: Input) => Result, input: Input): Promise<Awaited<Result>>
  async until<Result, Input>(look: (input: Input) => Result, input?: Input): Promise<Awaited<Result>> {
    const end = Date.now() + PATIENCE.timeout
    while (Date.now() < end) {
      const found = await this.run(look as (input?: Input) => Result, input)
      if (found) return found
      await sleep(PATIENCE.pause)
    }
    throw new Error(`This never came true in tab ${this.#name}: ${look}`)
  }

  /** Leaves for another page of the same tab, and says how that one has come up. */
  async leaveFor(path: string | null): Promise<Arrival> {
    const arrival = this.#steering.arrival(this.#name)
    const [arrived] = await Promise.all([arrival, this.#steering.order(this.#name, { leaveFor: path })])
    return arrived
  }

  /** Goes back to the page before, and says how that one has come up. */
  goBack = (): Promise<Arrival> => this.leaveFor(null)

  close(): Promise<void> {
    return this.#tab.close()
  }
}
