import { type Ref, type ShallowRef, ref, shallowRef } from 'vue'
import type { AuthStatus, AuthTokens, AuthUser, SessionEndReason } from '../types.ts'
import type { AuthContext } from './context.ts'
import type { Session } from './session.ts'

/** The session of one identity: which one it is, and how it begins and ends. */
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
  /** Gives a session the tokens that a refresh brought. */
  renew(session: Session, tokens: AuthTokens): void
  /** Ends a session, at once. */
  end(session: Session, reason: SessionEndReason): void
  /** Says that there is no session. */
  beAnonymous(): void
  /** Lets go of everything, without ending the session on disk. */
  dispose(): void
}

/** Makes the lifecycle of one identity. */
export function createLifecycle({ vault, leeway, onSessionEnd, report }: AuthContext): Lifecycle {
  const status = ref<AuthStatus>('pending')
  const user = ref(null) as Ref<AuthUser | null>
  const current = shallowRef<Session | null>(null)
  let claims = 0
  let settle: () => void
  const settled = new Promise<void>((resolve) => (settle = resolve))

  /** The last step of every change: what the application sees of it. */
  function show(next: AuthStatus, session: Session | null, nextUser: AuthUser | null): void {
    settle()
    current.value = session
    user.value = nextUser
    status.value = next
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
      current.value?.end('ERR_AUTH_SESSION_CHANGED')
      show('authenticated', session, nextUser)
    },
    renew(session, tokens) {
      session.renew(tokens, leeway)
      void vault.save(session.record)
    },
    end(session, reason) {
      void vault.save(null)
      session.end(reason === 'expired' ? 'ERR_AUTH_EXPIRED' : 'ERR_AUTH_SESSION_CHANGED')
      show(reason === 'expired' ? 'expired' : 'anonymous', null, null)
      try {
        onSessionEnd?.(reason)
      } catch (error) {
        report(error)
      }
    },
    beAnonymous() {
      show('anonymous', null, null)
    },
    dispose() {
      claims++
      current.value?.end('ERR_AUTH_SESSION_CHANGED')
      show('anonymous', null, null)
    },
  }
}
