import type { Lane } from './lane.ts'

/** What became of a storm, in a word and in a sentence. */
export interface Verdict {
  mood: 'good' | 'fair' | 'bad' | 'none'
  title: string
  more: string
}

/** Judges a lane once its storm is over: the first tab for both, the second one for itself. */
export function verdictOf(lane: Lane, isSecond = false): Verdict {
  if (lane.state !== 'done') {
    return { mood: 'none', title: isSecond ? SECOND[lane.state] : FIRST[lane.state], more: '' }
  }
  if (!lane.isSignedIn && lane.news) return { mood: 'fair', title: 'Signed out', more: lane.news }
  if (!lane.isSignedIn) return { mood: 'bad', title: 'Signed out', more: whyOf(lane) }
  if (isSecond) return { mood: 'good', title: 'Signed in', more: lane.news }
  if (lane.lost === 0) return { mood: 'good', title: 'All answered, still signed in', more: lane.news }
  const more = lane.goesOn
    ? 'The session was kept: one more request, a moment later, got a new token and was answered.'
    : 'No new token can be had for now. The session is kept until the server is back.'
  return { mood: 'fair', title: `${lane.lost} lost, still signed in`, more }
}

const FIRST = { idle: 'Not run yet', ready: 'Starting', running: 'Running' } as const
const SECOND = { idle: 'Waits for the first tab', ready: 'Ready', running: 'Running' } as const

function whyOf({ stats, wire }: Lane): string {
  const isRefused = wire?.latest().some(({ kind, outcome }) => kind === 'refresh' && outcome === 401)
  if (stats && stats.reuses > 0) {
    return 'The same refresh token came twice. That is what theft looks like, so the server ended the session.'
  }
  if (isRefused) return 'The server refused the refresh: the session is over.'
  return 'The refresh failed, and the interceptor took that for the end of the session.'
}
