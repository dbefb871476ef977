import { type Ref, type ShallowRef, ref, shallowRef } from 'vue'
import type { AuthErrorCode } from '../errors.ts'
import type { AuthStatus, AuthUser, SessionEndReason } from '../types.ts'
import type { AuthContext } from './context.ts'
import type { Session } from './session.ts'
import { createShield } from './shield.ts'

/** The session of one identity in this tab: which one it is, and how it begins and ends. */
export interface Lifecycle {
  readonly status: Ref<AuthStatus>
  readonly user: Ref<AuthUser | null>
  readonly current: ShallowRef<Session | null>
  /** Resolves once the status is no longer `'pending'`. */
  ready(): Promise<void>
  /** Notes what has been asked for so far; the answer tells whether nothing has come after it. */
  mark(): () => boolean
  /** Asks for another session or none; what was asked for before gives way. */
  claim(): () => boolean
  /** Puts a session in the place of the one there is, if any. */
  begin(session: Session, user?: AuthUser | null): void
  /** Ends the session there is, at once. The cause is what its requests hear of. */
  end(reason: SessionEndReason, cause?: unknown): void
  /** Says that there is no session; one that there was has been replaced. */
  beAnonymous(): void
}

/** What a change leaves behind, and what it brings. */
interface Change {
  code?: AuthErrorCode
  cause?: unknown
  user?: AuthUser | null
}

/** Makes the lifecycle of one identity. */
export function createLifecycle({ onSessionEnd, report }: AuthContext): Lifecycle {
  const status = ref<AuthStatus>('pending')
  const user = ref(null) as Ref<AuthUser | null>
  const current = shallowRef<Session | null>(null)
  const shield = createShield(report)
  let claims = 0
  let settle: () => void
  const settled = new Promise<void>((resolve) => (settle = resolve))

  /** Every change: what was there ends first, what the application sees comes last. */
  function change(
    next: AuthStatus,
    session: Session | null,
    { code, cause, user: nextUser = null }: Change,
  ): void {
    current.value?.end(code ?? 'ERR_AUTH_SESSION_CHANGED', cause)
    settle()
    shield(() => (current.value = session))
    shield(() => (user.value = nextUser))
    shield(() => (status.value = next))
  }

  function mark(): () => boolean {
    const mine = claims
    return () => mine === claims
  }

  return {
    status,
    user,
    current,
    ready: () => settled,
    mark,
    claim() {
      claims++
      return mark()
    },
    begin(session, nextUser = null) {
      change('authenticated', session, { user: nextUser })
    },
    end(reason, cause) {
      if (reason === 'expired') change('expired', null, { code: 'ERR_AUTH_EXPIRED', cause })
      else change('anonymous', null, {})
      shield(() => void Promise.resolve(onSessionEnd?.(reason)).catch(report))
    },
    beAnonymous() {
      change('anonymous', null, {})
    },
  }
}
