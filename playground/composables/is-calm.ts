/** Tells whether the visitor asks for a page on which nothing moves (`prefers-reduced-motion`). */
export function isCalm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}
