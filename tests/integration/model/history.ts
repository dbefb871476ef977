import { uptime } from '../../support/fake-time.ts'

/** Which of the promises of issue 3, or of the rules for a request, is at stake. */
export type Promised =
  | '1: no refresh token again once it may have been replaced'
  | '2: one refresh in flight'
  | '3: nothing of a session after its end'
  | '4: every promise settles with what is its own'
  | '5: a replay once, byte for byte'
  | '6: nothing left behind'

/** How much of what led there is told. */
const TOLD = 40

/** What happened in one run, and the first promise that was broken. */
export class History {
  readonly #lines: string[] = []
  #breach: Error | null = null

  note(line: string): void {
    this.#lines.push(`${String(Math.round(uptime())).padStart(9)} ms  ${line}`)
  }

  /** Takes down that a promise was broken; only the first breach counts. */
  broken(promised: Promised, how: string): void {
    this.note(`BROKEN: ${how}`)
    this.#breach ??= new Error(`Broken promise ${promised}. ${how}\n${this.#lines.slice(-TOLD).join('\n')}`)
  }

  /** @throws Error where a promise was broken */
  assertUnbroken(): void {
    if (this.#breach) throw this.#breach
  }
}
