/**
 * What a call is to the session: a `request` with the access token, its `replay`, the `refresh` between them,
 * something sent without a token, or the playground's own meddling.
 */
export type CallKind = 'request' | 'refresh' | 'replay' | 'open' | 'debug'

/** One exchange with the server, as it went over the wire. */
export interface Call {
  id: number
  kind: CallKind
  /** Whose it is, unless it is the page's own. */
  identity: string | undefined
  /** Shared by a request and its replay. */
  trace: number | undefined
  /** Counts up whenever the wire had been quiet. */
  burst: number
  method: string
  /** Without the base of the API. */
  path: string
  /** The end of the access token that was sent: enough to tell two apart. */
  token: string | undefined
  /** When the application asked for it, or, for a replay, when the first try was over; in ms, as `performance.now()`. */
  wantedAt: number
  sentAt: number
  endedAt: number | undefined
  /** The status of the answer, or why there was none. */
  outcome: number | string | undefined
}

/** How a call went. */
export type CallFate = 'pending' | 'answered' | 'refused' | 'failed'

/** Tells how a call went. */
export function fateOf({ outcome }: Call): CallFate {
  if (outcome === undefined) return 'pending'
  if (outcome === 401) return 'refused'
  return typeof outcome === 'number' && outcome < 400 ? 'answered' : 'failed'
}
