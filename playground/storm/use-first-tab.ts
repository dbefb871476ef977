import axios from 'axios'
import { onScopeDispose, reactive, type Ref, ref } from 'vue'
import type { RefreshFault } from '../server/faults.ts'
import type { Stats } from '../server/stats.ts'
import type { StormReply } from '../server/storm-routes.ts'
import { ENTRANTS } from './entrants.ts'
import { type Lane, createLane, prepare, resetLane, run, tryOnce } from './lane.ts'
import { openTabChannel } from './tab-channel.ts'

/** How many requests a storm has, in all tabs together. */
export const REQUESTS = 100

/** What visitors can choose. */
export interface Weather {
  spread: boolean
  refresh: 'works' | 'slow' | 503 | 'drop' | 401 | 'offline'
}

/** The comparison, as the first tab runs it. */
export interface FirstTab {
  lanes: Lane[]
  weather: Weather
  isRunning: Ref<boolean>
  problem: Ref<string>
  /** The name that the second tab needs. */
  name: string
  hasSecondTab: Ref<boolean>
  start(): Promise<void>
  /** Takes away what the last storm has left: it was made with other settings. */
  forget(): void
}

const API = '/api/storms'
/** In ms. A refresh that failed is not made again for a second. */
const A_MOMENT = 1_100

/** Runs the entrants one after the other, so that they do not share the few connections that a browser has. */
export function useFirstTab(): FirstTab {
  const lanes = ENTRANTS.map(createLane)
  const weather = reactive<Weather>({ spread: false, refresh: 'works' })
  const isRunning = ref(false)
  const problem = ref('')
  const hasSecondTab = ref(false)
  const name = Math.random().toString(36).slice(2)
  const channel = openTabChannel(name)

  channel.on(({ type }) => {
    if (type === 'hello') hasSecondTab.value = true
    if (type === 'bye') hasSecondTab.value = false
  })
  onScopeDispose(() => {
    channel.close()
    lanes.forEach(resetLane)
  })

  async function runBoth(lane: Lane, baseURL: string): Promise<void> {
    const entrant = lane.entrant.id
    if (lane.tabs === 1) return run(lane, { first: 1, count: REQUESTS, spread: weather.spread })
    const count = REQUESTS / 2
    const isReady = channel.next('ready', entrant)
    channel.say({ type: 'prepare', entrant, baseURL })
    await isReady
    const done = channel.next('done', entrant)
    channel.say({ type: 'go', entrant, share: { first: count + 1, count, spread: weather.spread } })
    await run(lane, { first: 1, count, spread: weather.spread })
    const { answered, lost } = await done
    lane.answered += answered
    lane.lost += lost
  }

  async function openStorm(): Promise<StormReply> {
    return (await axios.post<StormReply>(API, faultsOf(weather.refresh))).data
  }

  async function runOne(lane: Lane, storm: StormReply): Promise<void> {
    const { id, access_token, refresh_token = '' } = storm
    await prepare(lane, {
      baseURL: `${API}/${id}`,
      tabs: hasSecondTab.value ? 2 : 1,
      tokens: { access_token, refresh_token },
    })
    await runBoth(lane, `${API}/${id}`)
    lane.stats = (await axios.get<Stats>(`${API}/${id}/stats`)).data
    if (lane.lost > 0 && lane.started?.isSignedIn()) {
      await new Promise((resolve) => setTimeout(resolve, A_MOMENT))
      await tryOnce(lane)
    }
    lane.isSignedIn = lane.started?.isSignedIn() ?? false
    lane.state = 'done'
  }

  async function start(): Promise<void> {
    if (isRunning.value) return
    isRunning.value = true
    problem.value = ''
    lanes.forEach(resetLane)
    try {
      const storms = await Promise.all(lanes.map(async (lane) => ({ lane, storm: await openStorm() })))
      for (const { lane, storm } of storms) await runOne(lane, storm)
    } catch (error) {
      problem.value = axios.isAxiosError(error)
        ? 'The server could not be reached. Is it still running?'
        : String(error)
    } finally {
      isRunning.value = false
    }
  }

  function forget(): void {
    if (!isRunning.value) lanes.forEach(resetLane)
  }

  return { lanes, weather, isRunning, problem, name, hasSecondTab, start, forget }
}

/** What the token endpoint is told to do. */
function faultsOf(refresh: Weather['refresh']): { refresh: RefreshFault[]; always?: boolean } {
  if (refresh === 'works') return { refresh: [] }
  if (refresh === 'offline') return { refresh: ['drop'], always: true }
  return { refresh: [refresh], always: refresh === 401 }
}
