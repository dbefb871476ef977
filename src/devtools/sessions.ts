import { effectScope, watch } from 'vue'
import type { Identity } from '../session/identity.ts'
import type { Session } from '../session/session.ts'
import { detailsOf } from './details.ts'
import type { RefreshLog } from './refresh-log.ts'
import type { Timeline } from './timeline.ts'

/** Watches the sessions of an identity: how they begin, are refreshed and end. */
export function watchSessions(
  { lifecycle }: Identity,
  refreshes: RefreshLog,
  { say }: Timeline,
  stop: AbortSignal,
): void {
  const { current } = lifecycle
  const scope = effectScope(true)

  /** New tokens: a refresh here has brought them, the application has, or another tab. */
  function onTokens(session: Session): void {
    const known = session.home.record?.known
    // What this tab makes is written after it is shown here.
    const isAdopted = known?.id === session.id && known.generation >= session.generation
    if (refreshes.pending) refreshes.pending.isAdopted = isAdopted
    else
      say({ title: isAdopted ? 'Adopted from another tab' : 'Tokens updated', data: { session: session.id } })
  }

  function onSession(session: Session | null, previous: Session | null): void {
    if (session && previous)
      say({ title: 'Session ended', subtitle: 'replaced', data: { session: previous.id } })
    if (session) {
      const kept = session.home.isShared ? 'shared by all tabs' : 'of this tab'
      say({ title: 'Session', subtitle: kept, data: { session: session.id } })
    }
  }

  const { end: endSession } = lifecycle
  lifecycle.end = (reason, cause) => {
    const session = current.value
    endSession(reason, cause)
    if (!session) return
    const isElsewhere = session.isSignedOutElsewhere || (reason === 'expired' && !session.refused)
    say({
      title: 'Session ended',
      subtitle: reason,
      logType: reason === 'expired' ? 'error' : 'default',
      data: {
        reason,
        session: session.id,
        where: isElsewhere ? 'in another tab' : 'in this tab',
        ...detailsOf(cause),
      },
    })
  }

  scope.run(() => {
    watch(current, (session, previous) => onSession(session, previous ?? null), {
      flush: 'sync',
      immediate: true,
    })
    watch(
      () => current.value?.flight.value,
      (flight) => flight && current.value && refreshes.begin(current.value, flight),
      { flush: 'sync', immediate: true },
    )
    watch(
      () => [current.value, current.value?.tokens] as const,
      ([session, tokens], [previous, old]) => {
        if (session && session === previous && tokens !== old) onTokens(session)
      },
      { flush: 'sync' },
    )
  })
  stop.addEventListener('abort', () => scope.stop())
}
