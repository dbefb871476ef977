import { shallowReactive } from 'vue'
import type { Stats } from '../server/stats.ts'
import { type Wire, createWire } from '../wire/wire.ts'
import type { Entrant, StartedEntrant } from './entrants.ts'
import type { StoredTokens } from './stored-session.ts'

/** One entrant in one tab: what it sends, and what becomes of it. */
export interface Lane {
  readonly entrant: Entrant
  state: 'idle' | 'ready' | 'running' | 'done'
  /** In how many tabs the requests are sent. */
  tabs: 1 | 2
  wire: Wire | undefined
  started: StartedEntrant | undefined
  /** When the storm began; as `performance.now()`. */
  startedAt: number
  endedAt: number | undefined
  isSignedIn: boolean
  signedOutAt: number | undefined
  /** What happened to the session, where that is worth a word. */
  news: string
  answered: number
  lost: number
  /** Whether one more request, a moment after the storm, was answered. */
  goesOn: boolean | undefined
  /** What the server has counted, for all tabs together. */
  stats: Stats | undefined
}

/** What requests a tab sends. */
export interface Share {
  first: number
  count: number
  /** Whether their answers come at once or over some time. */
  spread: boolean
}

/** In ms: what an answer takes over a network. */
const TRAVEL = 10
const SPREAD = 120

/** Makes a lane that has not begun. */
export function createLane(entrant: Entrant): Lane {
  return shallowReactive<Lane>({ entrant, ...BLANK })
}

const BLANK = {
  state: 'idle',
  tabs: 1,
  wire: undefined,
  started: undefined,
  startedAt: 0,
  endedAt: undefined,
  isSignedIn: false,
  signedOutAt: undefined,
  news: '',
  answered: 0,
  lost: 0,
  goesOn: undefined,
  stats: undefined,
} satisfies Omit<Lane, 'entrant'>

/** Forgets the last storm. */
export function resetLane(lane: Lane): void {
  lane.started?.stop()
  Object.assign(lane, BLANK)
}

/** How a storm begins, in one tab. */
export interface Beginning {
  baseURL: string
  tabs: 1 | 2
  /** Without them the entrant finds those of the other tab. */
  tokens?: StoredTokens
}

/** Puts the entrant at the start of a storm. */
export async function prepare(lane: Lane, { baseURL, tabs, tokens }: Beginning): Promise<void> {
  resetLane(lane)
  const wire = createWire(baseURL)
  lane.wire = wire
  lane.tabs = tabs
  lane.started = await lane.entrant.start({
    axios: wire.settings(),
    tokens,
    onEnd(why) {
      lane.isSignedIn = false
      lane.signedOutAt ??= performance.now()
      lane.news = why
    },
    onNews(news) {
      lane.news = news
    },
    refreshes: () => wire.latest().filter(({ kind }) => kind === 'refresh').length,
  })
  wire.mark(lane.started.http)
  lane.isSignedIn = lane.started.isSignedIn()
  lane.state = 'ready'
}

/** Sends this tab's requests, all at once, and waits for what becomes of them. */
export async function run(lane: Lane, { first, count, spread }: Share): Promise<void> {
  const http = lane.started?.http
  if (!http) return
  lane.state = 'running'
  lane.startedAt = performance.now()
  const send = async (index: number) => {
    // A spread that looks random and is the same every time.
    const delay = spread ? TRAVEL + ((index * 73) % SPREAD) : TRAVEL
    try {
      await http.get(`/items/${first + index}?delay=${delay}`)
      lane.answered++
    } catch {
      lane.lost++
    }
  }
  await Promise.all(Array.from({ length: count }, (_, index) => send(index)))
  lane.endedAt = performance.now()
}

/** Sends one more request: is there still a session? */
export async function tryOnce(lane: Lane): Promise<void> {
  try {
    await lane.started?.http.get('/items/1')
    lane.goesOn = true
  } catch {
    lane.goesOn = false
  }
}

/** Ends the session from this tab. */
export async function signOut(lane: Lane): Promise<void> {
  await lane.started?.signOut()
  lane.news = 'You signed out here.'
}
