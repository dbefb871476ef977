/** What the server has seen since it started. */
export interface Stats {
  /** Sign-ins that succeeded. */
  logins: number
  /** Requests to a refresh endpoint, whatever became of them. */
  refreshes: number
  /** Refresh tokens that came again after they had been used. */
  reuses: number
  /** Requests for something protected that were answered 401. */
  unauthorized: number
  /** Requests for something protected that were answered as asked. */
  served: number
}

/** Starts counting at zero. */
export function createStats(): Stats {
  return { logins: 0, refreshes: 0, reuses: 0, unauthorized: 0, served: 0 }
}
