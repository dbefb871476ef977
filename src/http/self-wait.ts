import type { InternalAxiosRequestConfig } from 'axios'
import type { Session } from '../session/session.ts'
import type { Circumstances } from './own-credentials.ts'

/** Notices a backend that sends its refresh through an instance whose requests wait for that refresh. */
export interface SelfWaitWatch {
  /** The backend is about to be asked: what is sent in this turn is its own. */
  asks(): void
  /** A request waits for the refresh. */
  waits(session: Session, config: InternalAxiosRequestConfig): void
}

/** Makes the watch, which says once what is wrong and how to mend it. For development alone. */
export function watchForSelfWait(warnOnce: Circumstances['warnOnce']): SelfWaitWatch {
  let isAsking = false
  return {
    asks() {
      isAsking = true
      queueMicrotask(() => (isAsking = false))
    },
    waits({ tokens }, { data, url }) {
      const holdsToken = tokens?.refreshToken && String(data).includes(tokens.refreshToken)
      if (!isAsking && !holdsToken) return
      warnOnce(
        'self-wait',
        `\`backend.refresh\` sends ${url} through an instance of the session, and so waits for itself until the ` +
          'timeout. Send by the `http` of its context: refresh: (tokens, { http }) => http.post(…).',
      )
    },
  }
}
