import { PropertySymbol } from 'happy-dom'
import { afterAll, beforeAll } from 'vitest'

/** What a browser itself writes of an answer that is no success. */
const ANSWERED_WITH_AN_ERROR = /^[A-Z]+ \S+ [45]\d\d \(/

/** Keeps what the simulated page writes of requests that fail out of the report: the tests are about them. */
export function useQuietPage(): void {
  // The page's own console, which is neither the test's nor `window.console` here.
  const page: Console = Object(document)[PropertySymbol.window].console
  const { error } = page
  beforeAll(() => {
    page.error = (...said: unknown[]) => {
      if (!said.every(isOfARequest)) error.apply(page, said)
    }
  })
  afterAll(() => {
    page.error = error
  })
}

function isOfARequest(said: unknown): boolean {
  if (said instanceof Error) return Object(said).code === 'ECONNRESET' || said.message === 'Network error'
  return ANSWERED_WITH_AN_ERROR.test(String(said))
}
