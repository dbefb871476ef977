import { type Ref, type ShallowRef, ref, shallowRef } from 'vue'
import type { AuthErrorCode } from '../errors.ts'
import type { AuthStatus, AuthUser, SessionEndReason } from '../types.ts'
import type { AuthContext } from './context.ts'
import type { Session } from './session.ts'
import { createShield } from './shield.ts'

/** The session of one identity in this tab: which one it is, and how it begins and ends. */
export interface Lifecycle {
  /** As the application is to see it. */
  readonly status: Ref<AuthStatus>
  /** As the application is to see him. */
  readonly user: Ref<AuthUser | null>
  readonly current: ShallowRef<Session | null>
  /** Whether it is not known yet if there is a session. */
  readonly isPending: boolean
  /** The user of the session, whatever is to be seen of him. */
  readonly knownUser: AuthUser | null
  /** Resolves once it is known whether there is a session. */
  ready(): Promise<void>
  /** As long as the page is to look as a server has rendered it; resolves when that is over. */
  readonly veil: Promise<void> | null
  /** Lets the application see how things are, where a page that a server has rendered shows something else so far. */
  reveal(): void
  /** Notes what has been asked for so far; the answer tells whether nothing has come after it. */
  mark(): () => boolean
  /** Asks for another session or none; what was asked for before gives way. */
  claim(): () => boolean
  /** Begins the session that was found, if any. What a server has rendered stays to be seen until it is revealed. */
  restore(session: Session | null): void
  /** Puts a session in the place of the one there is, if any. */
  begin(session: Session, user?: AuthUser | null): void
  /** Takes note of who the user of the session is. */
  meet(user: AuthUser | null): void
  /** Ends the session there is, at once. The cause is what its requests hear of. */
  end(reason: SessionEndReason, cause?: unknown): void
  /** Says that there is no session; one that there was has been replaced. */
  beAnonymous(): void
}

/** What can be seen of a session. */
interface View {
  status: AuthStatus
  user: AuthUser | null
}

/** Makes the lifecycle of one identity. */
export function createLifecycle({ backend, onSessionEnd, report, isHydrating = false }: AuthContext): Lifecycle {
  const status = ref<AuthStatus>('pending')
  const user = ref(null) as Ref<AuthUser | null>
  const current = shallowRef<Session | null>(null)
  const shield = createShield(report)
  let claims = 0
  let isPending = true
  let lift = () => {}
  let veil = isHydrating ? new Promise<void>((resolve) => (lift = resolve)) : null
  /** How things are, as long as the veil hides it. */
  let unseen: View | null = null
  let settle: () => void
  const settled = new Promise<void>((resolve) => (settle = resolve))

  /** Every change: what was there ends first, what the application sees comes last. */
  function change(
    session: Session | null,
    view: View,
    code: AuthErrorCode = 'ERR_AUTH_SESSION_CHANGED',
    cause?: unknown,
  ): void {
    current.value?.end(code, cause)
    isPending = false
    settle()
    shield(() => (current.value = session))
    if (veil) unseen = view
    else show(view)
  }

  /** Says goodbye to a session that is over, not to one that goes on in another application. */
  function tellEnd(last: Session | null, next: Session | null): void {
    if (!last || last.tokens.accessToken === next?.tokens.accessToken) return
    shield(() => void Promise.resolve(backend.ended?.(last.tokens)).catch(report))
  }

  function show(view: View): void {
    shield(() => (user.value = view.user))
    shield(() => (status.value = view.status))
  }

  function reveal(): void {
    veil = null
    if (unseen) show(unseen)
    unseen = null
    lift()
  }

  function mark(): () => boolean {
    const mine = claims
    return () => mine === claims
  }

  return {
    status,
    user,
    current,
    get isPending() {
      return isPending
    },
    get knownUser() {
      return unseen ? unseen.user : user.value
    },
    ready: () => settled,
    get veil() {
      return veil
    },
    reveal,
    mark,
    claim() {
      claims++
      return mark()
    },
    restore(session) {
      // What a server has rendered of the user stays until he is loaded here.
      if (session) change(session, { status: 'authenticated', user: user.value })
      else change(null, { status: 'anonymous', user: null })
    },
    begin(session, nextUser = null) {
      const last = current.value
      reveal()
      change(session, { status: 'authenticated', user: nextUser })
      tellEnd(last, session)
    },
    meet(known) {
      if (unseen) unseen.user = known
      else shield(() => (user.value = known))
    },
    end(reason, cause) {
      reveal()
      const isExpired = reason === 'expired'
      const view: View = { status: isExpired ? 'expired' : 'anonymous', user: null }
      const last = current.value
      change(null, view, isExpired ? 'ERR_AUTH_EXPIRED' : undefined, cause)
      tellEnd(last, null)
      shield(() => void Promise.resolve(onSessionEnd?.(reason, { cause })).catch(report))
    },
    beAnonymous() {
      reveal()
      change(null, { status: 'anonymous', user: null })
    },
  }
}
