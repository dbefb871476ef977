import { type Ref, customRef, ref } from 'vue'
import type { AuthStatus, AuthUser } from '../types.ts'
import type { AuthContext } from './context.ts'
import { createRun } from './report-throws.ts'

/** What can be seen of a session. */
export interface View {
  status: AuthStatus
  user: AuthUser | null
}

/** What the application sees of a session: how things are, or what a server has rendered until that is over. */
export function createView({ report, isHydrating = false }: AuthContext) {
  const run = createRun(report)
  let shown: AuthStatus = 'pending'
  let wake = () => {}
  const status = customRef<AuthStatus>((track, trigger) => {
    wake = trigger
    return { get: () => (track(), shown), set: () => {} }
  })
  /** The user as the session has them. */
  let own: AuthUser | null = null
  const seen = ref(null) as Ref<AuthUser | null>
  const user = customRef<AuthUser | null>(() => ({
    get: () => seen.value,
    set(patched) {
      // Where somebody resets all stores, a user who is signed in stays to be seen.
      if (patched || shown !== 'authenticated') seen.value = patched
    },
  }))
  let lift = () => {}
  let hydrating = isHydrating ? new Promise<void>((resolve) => (lift = resolve)) : null
  /** How things are, as long as something else is to be seen. */
  let unseen: View | null = null

  function show(view: View): void {
    if (hydrating) return void (unseen = view)
    own = view.user
    run(() => (seen.value = own))
    const isNew = shown !== view.status
    shown = view.status
    if (isNew) run(wake)
  }

  return {
    status,
    user,
    show,
    /** A server has rendered it. */
    hydrate(rendered: AuthStatus) {
      shown = rendered
    },
    get hydrating() {
      return hydrating
    },
    get knownUser() {
      return unseen ? unseen.user : seen.value
    },
    meet(known: AuthUser | null) {
      if (unseen) return void (unseen.user = known)
      own = known
      run(() => (seen.value = known))
    },
    reveal() {
      hydrating = null
      if (unseen) show(unseen)
      unseen = null
      lift()
    },
    /** Shows the user again as the session has them. */
    reset() {
      run(() => (seen.value = own))
    },
  }
}
