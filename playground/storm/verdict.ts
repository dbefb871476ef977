import { fateOf } from '../wire/call.ts'
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
  if (lane.lost === 0) return { mood: 'good', title: 'All answered, still signed in', more: howOf(lane) }
  const more = lane.goesOn
    ? 'The session was kept: one more request, a moment later, got a new token and was answered.'
    : 'No new token can be had for now. The session is kept until the server is back.'
  return { mood: 'fair', title: `${lane.lost} lost, still signed in`, more }
}

const FIRST = { idle: 'Not run yet', ready: 'Starting', running: 'Running' } as const
const SECOND = { idle: 'Waits for the first tab', ready: 'Ready', running: 'Running' } as const

function howOf({ entrant, news, stats, tabs }: Lane): string {
  if (news) return news
  if (entrant.id === 'library') {
    if (stats && stats.refreshes > 1)
      return 'The refresh failed, and was made again: the requests waited for it.'
    return tabs === 1
      ? 'One refresh, for which all requests waited.'
      : 'One refresh, for which both tabs waited.'
  }
  return tabs === 1
    ? 'One tab, and a refresh that worked: here it holds. Now open a second tab, or let the refresh fail.'
    : ''
}

function whyOf({ stats, wire }: Lane): string {
  const refreshes = wire?.latest().filter(({ kind }) => kind === 'refresh') ?? []
  const isRefused = refreshes.some(({ outcome }) => outcome === 401)
  if (stats && stats.reuses > 0) {
    return 'The same refresh token came twice. That is what theft looks like, so the server ended the session.'
  }
  if (isRefused) return 'The server refused the refresh: the session is over.'
  if (refreshes.every((refresh) => fateOf(refresh) === 'answered')) {
    return 'The other tab sent the same refresh token, and the server ended the session of both.'
  }
  return 'The refresh failed, and the interceptor took that for the end of the session.'
}
