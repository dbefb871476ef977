import { type Ref, type ShallowRef, shallowRef } from 'vue'
import type { AuthErrorCode } from '../errors.ts'
import type { AuthStatus, AuthUser, SessionEndReason } from '../types.ts'
import type { AuthContext } from './context.ts'
import { createRun } from './report-throws.ts'
import type { Session } from './session.ts'
import { type View, createView } from './view.ts'

/** The session of one identity in this tab: which one it is, and how it begins and ends. */
export interface Lifecycle {
  /** As the application is to see it; what is written to it from outside changes nothing. */
  readonly status: Ref<AuthStatus>
  /** The user as the application is to see them. */
  readonly user: Ref<AuthUser | null>
  readonly current: ShallowRef<Session | null>
  /** Whether it is not known yet if there is a session. */
  readonly isPending: boolean
  /** The user of the session, whatever is to be seen of them. */
  readonly knownUser: AuthUser | null
  /** Resolves once it is known whether there is a session. */
  ready(): Promise<void>
  /** As long as the page is to look as a server has rendered it; resolves when that is over. */
  readonly hydrating: Promise<void> | null
  /** Lets the application see how things are, where a page that a server has rendered shows something else so far. */
  reveal(): void
  /** Shows the session as it is, whatever was written to `user` from outside. */
  reset(): void
  /** Notes what has been asked for so far; the answer tells whether nothing has come after it. */
  mark(): () => boolean
  /** Asks for another session or none; what was asked for before gives way. */
  claim(): () => boolean
  /** Begins the session that was found, if any. What a server has rendered stays to be seen until it is revealed. */
  restore(session: Session | null): void
  /** Puts a session in the place of the one there is, if any. */
  begin(session: Session, user?: AuthUser | null): void
  /** Takes note of who the user of a session is. */
  meet(user: AuthUser | null, session: Session): void
  /** Ends the session there is, at once. The cause is what its requests hear of. */
  end(reason: SessionEndReason, cause?: unknown): void
  /** Lets go of the session without an end: the application is unmounted. */
  release(): void
}

const codes: Record<SessionEndReason, AuthErrorCode> = {
  expired: 'ERR_AUTH_EXPIRED',
  logout: 'ERR_AUTH_SESSION_CHANGED',
  replaced: 'ERR_AUTH_SESSION_CHANGED',
}

/** Counts what has been asked for: the latest wins. */
function createClaims() {
  let claims = 0
  function mark(): () => boolean {
    const mine = claims
    return () => mine === claims
  }
  return {
    mark,
    claim() {
      claims++
      return mark()
    },
  }
}

/** Makes the way from one session to the next: what was there ends first, what the application sees comes last. */
function createChanges({ backend, onSessionEnd, report }: AuthContext, show: (view: View) => void) {
  const run = createRun(report)
  const current = shallowRef<Session | null>(null)
  let isPending = true
  let settle = () => {}
  const settled = new Promise<void>((resolve) => (settle = resolve))

  /** A hook of the application may fail, at once or later, and costs nothing here. */
  function tell(hook: () => unknown): void {
    run(() => void Promise.resolve(hook()).catch(report))
  }

  function put(session: Session | null): void {
    isPending = false
    settle()
    run(() => (current.value = session))
  }

  return {
    current,
    settled,
    isPending: () => isPending,
    put,
    change(
      session: Session | null,
      next: View,
      reason: SessionEndReason = 'replaced',
      cause?: unknown,
    ): void {
      const previous = current.value
      previous?.end(codes[reason], cause)
      put(session)
      show(next)
      if (!previous) return
      if (previous.home !== session?.home && !previous.home.isShared) previous.home.close()
      const { tokens } = previous
      if (tokens) tell(() => backend.ended?.(tokens))
      tell(() => onSessionEnd?.(reason, { cause }))
    },
  }
}

/** Makes the lifecycle of one identity. */
export function createLifecycle(context: AuthContext): Lifecycle & { hydrate(rendered: AuthStatus): void } {
  const view = createView(context)
  const { reveal } = view
  const { mark, claim } = createClaims()
  const { current, settled, isPending, put, change } = createChanges(context, view.show)

  return {
    status: view.status,
    user: view.user,
    hydrate: view.hydrate,
    current,
    get isPending() {
      return isPending()
    },
    get knownUser() {
      return view.knownUser
    },
    ready: () => settled,
    get hydrating() {
      return view.hydrating
    },
    reveal,
    reset: view.reset,
    mark,
    claim,
    restore(session) {
      // What a server has rendered of the user stays until they are loaded here.
      if (session) change(session, { status: 'authenticated', user: view.user.value })
      else change(null, { status: 'anonymous', user: null })
    },
    begin(session, user = null) {
      reveal()
      change(session, { status: 'authenticated', user })
    },
    meet(user, session) {
      if (session === current.value) view.meet(user)
    },
    end(reason, cause) {
      reveal()
      change(null, { status: reason === 'expired' ? 'expired' : 'anonymous', user: null }, reason, cause)
    },
    release() {
      claim()
      const session = current.value
      if (session) session.isAbandoned = true
      session?.end('ERR_AUTH_SESSION_CHANGED')
      put(null)
      reveal()
      view.show({ status: 'anonymous', user: null })
    },
  }
}
