import type { Router } from '../vue-router.ts'

/** The ids of the identities that judge the routes of a router, and those that have been missed. For development. */
interface Known {
  readonly ids: Set<string>
  readonly missed: Set<string>
}

const known = new WeakMap<Router, Known>()

/**
 * Warns in development, once for each, of a route whose `meta.authId` no identity has: nobody judges it. Returns what
 * takes the identity out again.
 */
export function expectIdentities(router: Router, id: string, warn: (message: string) => void): () => void {
  if (process.env.NODE_ENV !== 'production') {
    const { ids, missed } = known.get(router) ?? { ids: new Set(), missed: new Set() }
    known.set(router, { ids, missed })
    ids.add(id)
    const stop = router.afterEach(({ path, meta: { authId } }) => {
      if (authId === undefined || ids.has(authId) || missed.has(authId)) return
      missed.add(authId)
      warn(
        `The route "${path}" names the identity "${authId}", which this router does not know: nobody guards it. Install createAuthAxios({ id: "${authId}" }), or correct its \`meta.authId\`.`,
      )
    })
    return () => {
      stop()
      ids.delete(id)
    }
  }
  return () => {}
}
