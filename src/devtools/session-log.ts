import { effectScope, watch } from 'vue'
import type { Flight } from '../session/flight.ts'
import type { Identity } from '../session/identity.ts'
import type { Session } from '../session/session.ts'
import { detailsOf } from './details.ts'
import type { Timeline } from './timeline.ts'

/** A refresh that is pending in this tab. */
export interface PendingRefresh {
  readonly group: string
  readonly since: number
  /** How often the backend has been asked; 0: another tab has the turn. */
  attempts: number
  /** Whether the tokens have come from another tab. */
  isAdopted: boolean
}

/** What is known of the refreshes of a session. */
export interface SessionLog {
  readonly pending: PendingRefresh | null
  /** The group of the refresh that was pending last. */
  readonly lastGroup: string | undefined
  /** Calls when a refresh begins. */
  onRefresh(listener: () => void): void
}

/** Watches a session: how it begins, is refreshed and ends. */
export function createSessionLog(identity: Identity, timeline: Timeline, stop: AbortSignal): SessionLog {
  const { lifecycle } = identity
  const { current } = lifecycle
  const { say } = timeline
  const listeners: Array<() => void> = []
  const scope = effectScope(true)
  let count = 0
  let pending: PendingRefresh | null = null
  let lastGroup: string | undefined

  function begin(session: Session, flight: Flight): void {
    lastGroup = `${identity.id}-refresh-${++count}`
    const refresh: PendingRefresh = { group: lastGroup, since: Date.now(), attempts: 0, isAdopted: false }
    pending = refresh
    say({ title: 'Refresh', groupId: refresh.group, data: { session: session.id } })
    watchAttempts(flight, refresh)
    void flight.outcome.then(({ kind }) => end(session, refresh, kind))
    for (const listener of listeners) listener()
  }

  function watchAttempts(flight: Flight, refresh: PendingRefresh): void {
    const { attempts } = flight
    flight.attempts = (inMs = 0) => {
      attempts.call(flight, inMs)
      const { group } = refresh
      if (inMs > 0)
        say({ title: 'Pause', subtitle: `${Math.round(inMs)} ms`, groupId: group, logType: 'warning' })
      else say({ title: 'Attempt', subtitle: `${++refresh.attempts}`, groupId: group })
    }
  }

  function end(session: Session, refresh: PendingRefresh, kind: 'renewed' | 'refused' | 'failed'): void {
    if (pending === refresh) pending = null
    const data = { ms: Date.now() - refresh.since, attempts: refresh.attempts, session: session.id }
    const groupId = refresh.group
    if (session.endedBy && kind !== 'refused') return say({ title: 'Not needed any more', groupId, data })
    if (kind === 'renewed') {
      const isAdopted = refresh.isAdopted || refresh.attempts === 0
      return say({ title: isAdopted ? 'Adopted from another tab' : 'Renewed', groupId, data })
    }
    const error = kind === 'refused' ? session.refused : session.failure?.error
    const code = error?.code ?? 'ERR_AUTH_REFRESH'
    say({
      title: kind === 'refused' ? 'Refused' : 'Failed',
      subtitle: code,
      groupId,
      logType: kind === 'refused' ? 'error' : 'warning',
      data: { ...data, code, ...detailsOf(error?.cause) },
    })
  }

  /** New tokens: a refresh here has brought them, the application has, or another tab. */
  function onTokens(session: Session): void {
    const known = session.home.record?.known
    // What this tab makes is written after it is shown here.
    const isAdopted = known?.id === session.id && known.generation >= session.generation
    if (pending) pending.isAdopted = isAdopted
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
      (flight) => flight && current.value && begin(current.value, flight),
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

  return {
    get pending() {
      return pending
    },
    get lastGroup() {
      return lastGroup
    },
    onRefresh: (listener) => void listeners.push(listener),
  }
}
