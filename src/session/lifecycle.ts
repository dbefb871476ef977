import { type Ref, type ShallowRef, customRef, ref, shallowRef } from 'vue'
import type { AuthErrorCode } from '../errors.ts'
import type { AuthStatus, AuthUser, SessionEndReason } from '../types.ts'
import type { AuthContext } from './context.ts'
import { createRun } from './report-throws.ts'
import type { Session } from './session.ts'

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

/** What can be seen of a session. */
interface View {
  status: AuthStatus
  user: AuthUser | null
}

const codes: Record<SessionEndReason, AuthErrorCode> = {
  expired: 'ERR_AUTH_EXPIRED',
  logout: 'ERR_AUTH_SESSION_CHANGED',
  replaced: 'ERR_AUTH_SESSION_CHANGED',
}

/** What the application sees of a session: how things are, or what a server has rendered until that is over. */
function createView({ report, isHydrating = false }: AuthContext) {
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

/** Makes the lifecycle of one identity. */
export function createLifecycle(context: AuthContext): Lifecycle & { hydrate(rendered: AuthStatus): void } {
  const { backend, onSessionEnd, report } = context
  const view = createView(context)
  const { show, reveal } = view
  const current = shallowRef<Session | null>(null)
  const run = createRun(report)
  let claims = 0
  let isPending = true
  let settle: () => void
  const settled = new Promise<void>((resolve) => (settle = resolve))

  /** Every change: what was there ends first, what the application sees comes last. */
  function change(
    session: Session | null,
    next: View,
    reason: SessionEndReason = 'replaced',
    cause?: unknown,
  ): void {
    const previous = current.value
    previous?.end(codes[reason], cause)
    isPending = false
    settle()
    run(() => (current.value = session))
    show(next)
    if (!previous) return
    if (previous.home !== session?.home && !previous.home.isShared) previous.home.close()
    const { tokens } = previous
    if (tokens) tell(() => backend.ended?.(tokens))
    tell(() => onSessionEnd?.(reason, { cause }))
  }

  /** A hook of the application may fail, at once or later, and costs nothing here. */
  function tell(hook: () => unknown): void {
    run(() => void Promise.resolve(hook()).catch(report))
  }

  function mark(): () => boolean {
    const mine = claims
    return () => mine === claims
  }

  return {
    status: view.status,
    user: view.user,
    hydrate: view.hydrate,
    current,
    get isPending() {
      return isPending
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
    claim() {
      claims++
      return mark()
    },
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
      claims++
      const session = current.value
      if (session) session.isAbandoned = true
      session?.end('ERR_AUTH_SESSION_CHANGED')
      isPending = false
      settle()
      run(() => (current.value = null))
      reveal()
      show({ status: 'anonymous', user: null })
    },
  }
}
