import { uptime } from '../../support/fake-time.ts'
import type { History } from './history.ts'

/** A promise of the store. */
interface Task {
  readonly label: string
  readonly since: number
  /** How long it may take, in ms. */
  readonly limit: number
}

/** What is to be made of how a promise settled. */
export interface Judges {
  value?: (value: unknown) => void
  error?: (error: unknown) => void
}

/** The promises that the actions of the store gave: each settles, and in time. */
export class Tasks {
  readonly #history: History
  readonly #open = new Set<Task>()

  constructor(history: History) {
    this.#history = history
  }

  /** The names of those that have not settled. */
  get open(): string[] {
    return [...this.#open].map(({ label }) => label)
  }

  track(label: string, limit: number, promise: Promise<unknown>, { value, error }: Judges = {}): void {
    const task: Task = { label, since: uptime(), limit }
    this.#history.note(`${label}()`)
    this.#open.add(task)
    promise.then(
      (result) => {
        this.#settled(task, 'resolves')
        value?.(result)
      },
      (reason: unknown) => {
        this.#settled(task, `rejects: ${String(reason)}`)
        error?.(reason)
      },
    )
  }

  /** Holds those that have not settled against the time they may take. */
  check(): void {
    for (const task of this.#open) this.#judgeTime(task)
  }

  #settled(task: Task, how: string): void {
    this.#open.delete(task)
    this.#history.note(`${task.label} ${how}`)
    this.#judgeTime(task)
  }

  #judgeTime({ label, since, limit }: Task): void {
    const time = uptime() - since
    if (time > limit) {
      this.#history.broken('4: every promise settles with what is its own', `${label} takes ${time} ms.`)
    }
  }
}
