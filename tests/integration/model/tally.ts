/** How often things happened that a run is to come by: rules that are never asked prove nothing. */
export class Tally {
  readonly #counts: Record<string, number> = {}

  add(what: string): void {
    this.#counts[what] = this.of(what) + 1
  }

  of(what: string): number {
    return this.#counts[what] ?? 0
  }
}
