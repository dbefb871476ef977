import { isCalm } from './is-calm.ts'

/** Scrolls to an element, without a ride for those who want none. */
export function bringIntoView(element: Element | null): void {
  element?.scrollIntoView({ block: 'nearest', behavior: isCalm() ? 'instant' : 'smooth' })
}
