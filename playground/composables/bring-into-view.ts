/** Scrolls to an element, without a ride for those who want none. */
export function bringIntoView(element: Element | null): void {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
  element?.scrollIntoView({ block: 'nearest', behavior: isCalm ? 'instant' : 'smooth' })
}
