import type { Router } from '../vue-router.ts'

/** No path of an application is this long. */
const LONGEST_PATH = 2_048

/**
 * The way back that a query parameter names: a path of this application that matches a route, or `null`. Whatever a
 * browser could take for another origin is none (CWE-601).
 */
export function returnPath(router: Router, value: unknown): string | null {
  if (typeof value !== 'string' || value.length > LONGEST_PATH) return null
  // One slash, then neither another one nor what browsers read as one; no control characters, which they skip.
  // oxlint-disable-next-line no-control-regex
  if (!/^\/(?![/\\])/.test(value) || /[\\\u0000-\u001f\u007f]/.test(value)) return null
  // Browsers resolve dot segments, the router does not: `/.//host` would end up as `//host`.
  if (/\/(\.|%2e){1,2}(\/|$)/i.test(value.replace(/[?#].*/, ''))) return null
  const { matched, fullPath } = router.resolve(value)
  return matched.length && !fullPath.startsWith('//') ? fullPath : null
}
