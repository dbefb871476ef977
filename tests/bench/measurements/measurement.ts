/** How thorough a run is. */
export interface Pace {
  quick: boolean
  /** Tells whoever waits what is being done. */
  tell(what: string): void
}
