import type { PlaygroundVisit } from '../../support/playground-visit.ts'

/**
 * Takes down from now on how a development build explains refused refreshes, in the place of the page's console, which
 * must stay clean of all else.
 */
export async function followRefusals(visit: PlaygroundVisit): Promise<() => Promise<string[]>> {
  await visit.evaluate(`{
    window.refusals = []
    for (const method of ['warn', 'error']) {
      const print = console[method]
      console[method] = (...args) => {
        const isRefusal = String(args[0]).startsWith('[vue-auth-axios] The refresh was refused: POST /api/auth/refresh answered 401.')
        if (isRefusal) window.refusals.push(method)
        else print.apply(console, args)
      }
    }
  }`)
  return async () => JSON.parse(String(await visit.evaluate('JSON.stringify(window.refusals)')))
}
