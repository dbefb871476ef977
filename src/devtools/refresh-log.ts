import type { Flight } from '../session/flight.ts'
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

/** The refreshes of an identity. */
export interface RefreshLog {
  readonly pending: PendingRefresh | null
  /** The group of the refresh that was pending last. */
  readonly lastGroup: string | undefined
  /** Calls when a refresh begins. */
  onRefresh(listener: () => void): void
  /** A refresh begins. */
  begin(session: Session, flight: Flight): void
}

/** Tells of the refreshes of an identity, each as a group of what happens in it. */
export function createRefreshLog(id: string, { say }: Timeline): RefreshLog {
  const listeners: Array<() => void> = []
  let count = 0
  let pending: PendingRefresh | null = null
  let lastGroup: string | undefined

  function begin(session: Session, flight: Flight): void {
    lastGroup = `${id}-refresh-${++count}`
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

  return {
    get pending() {
      return pending
    },
    get lastGroup() {
      return lastGroup
    },
    onRefresh: (listener) => void listeners.push(listener),
    begin,
  }
}
