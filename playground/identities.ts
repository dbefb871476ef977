import type { App, InjectionKey } from 'vue'
import { type AuthAxios, createAuthAxios, httpBackend } from 'vue-auth-axios'
import type { Wire } from './wire/wire.ts'

/** An identity beside the one that the rest of the playground uses. */
export interface SideIdentity {
  /** Names its store, its record in the storage and its calls on the wire. */
  id: string
  title: string
  /** Whose name the form suggests. */
  username: string
  auth: AuthAxios
}

/** Provides the way to the identities. */
export const identitiesKey: InjectionKey<() => SideIdentity[]> = Symbol('identities')

const ROLES = [
  { id: 'admin', title: 'The admin', username: 'ada' },
  { id: 'member', title: 'The member', username: 'bob' },
]

/**
 * Installs an admin's and a member's identity in an application, when they are first asked for. Both keep their
 * tokens in the page's storage: there is one cookie to a server, and it can hold but one session.
 */
export function sideIdentities(app: App, wire: Wire): () => SideIdentity[] {
  let installed: SideIdentity[] | undefined

  function install(): SideIdentity[] {
    return ROLES.map((role) => {
      const backend = httpBackend({ user: '/auth/me' })
      const auth = createAuthAxios({ id: role.id, axios: wire.settings(role.id), backend })
      wire.mark(auth.http)
      app.use(auth)
      return { ...role, auth }
    })
  }

  return () => (installed ??= install())
}
