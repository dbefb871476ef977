import { setTimeout as sleep } from 'node:timers/promises'
import { times } from '../support/outcomes.ts'
import { bundle, servePages } from '../support/real-tabs/pages.ts'
import { playgroundReferee } from '../support/real-tabs/playground-referee.ts'
import type { Referee } from '../support/real-tabs/referee.ts'
import { signIn } from '../support/real-tabs/rounds.ts'
import type { TabHandle } from '../support/real-tabs/tab-handle.ts'
import { TestBrowser } from '../support/real-tabs/test-browser.ts'
import { table } from './fleet-output.ts'

/** How many tabs take part. */
const TABS = [1, 2, 5, 20]

const REQUESTS_PER_TAB = 50

/** How long ahead a storm is agreed on, so that every tab is there in time, in ms. */
const NOTICE = 200

/** After how long a tab that does not come back counts as hung, in ms. */
const HUNG = 15_000

/** After how long no further round is begun, in ms. */
const LONG_ENOUGH = 60_000

/** What came of storms of one size. */
export interface TabStormRow {
  tabs: number
  /** Of all tabs together, in one storm. */
  requests: number
  /** The storms that were measured. */
  rounds: number
  /** In the storm that had most of them. */
  refreshes: number
  /** Refresh tokens that have come again, in all storms. */
  reuses: number
  /** Requests that were not answered as asked, in all storms. */
  failed: number
  /** Until the last request of the last tab was answered; the median. */
  ms: number
  /** In the same round, to the storm of a single tab; the median. */
  ratioToOneTab: number
  /** In the same round, to the same requests with a token that lives; the median. */
  ratioToLiveToken: number
  /** The least and the most. */
  spread: Record<'ms' | 'ratioToOneTab' | 'ratioToLiveToken', [number, number]>
}

/** One storm, seen from outside. */
interface Storm {
  refreshes: number
  reuses: number
  failed: number
  ms: number
}

/** What each tab sends in a storm. */
interface Volley {
  /** When, in ms since the epoch. */
  at: number
  requests: number
  /** Differs from storm to storm, so that no two addresses are equal: of those, a browser asks for one at a time. */
  mark: string
  /** After how long a request is given up that nobody answers, in ms. */
  hung: number
}

/** The tabs of one visitor. */
interface Party {
  tabs: TabHandle[]
  storms: Array<{ dead: Storm; live: Storm }>
}

/**
 * Lets 1, 2, 5 and 20 tabs of a real Chromium send 50 requests each at the same moment, with an access token that died
 * without their knowledge; and then the same with one that lives, for comparison. Every round starts with another
 * number of tabs.
 */
export async function measureTabStorm({ rounds = 7 } = {}): Promise<{ rows: TabStormRow[] }> {
  const began = performance.now()
  const script = await bundle('tests/browser/pages/tab.ts')
  const browser = await TestBrowser.launch()
  const referee = await playgroundReferee()
  const pages = await servePages(script, referee.listen)
  try {
    const parties: Party[] = []
    for (const count of TABS) {
      const profile = await browser.createProfile(pages.origin, referee.settings)
      parties.push({ tabs: await Promise.all(times(count, () => profile.open())), storms: [] })
    }
    // The first round warms up, and does not count.
    for (let round = 0; round <= rounds; round++) {
      if (round > 1 && performance.now() - began > LONG_ENOUGH) break
      for (const turn of parties.keys()) {
        const party = parties[(turn + round) % parties.length]!
        const storms = await playStorms(party.tabs, referee, String(round))
        if (round > 0) party.storms.push(storms)
      }
    }
    return { rows: parties.map((party) => summarise(party, parties[0]!)) }
  } finally {
    await browser.close()
    await pages.close()
    await referee.close()
  }
}

/** Both storms of some tabs, one after the other, in a session that is new. */
async function playStorms(tabs: TabHandle[], referee: Referee, round: string): Promise<Party['storms'][0]> {
  await signIn(tabs, referee)
  await referee.expire()
  const dead = await playStorm(tabs, referee, `${round}-dead`)
  const live = await playStorm(tabs, referee, `${round}-live`)
  return { dead, live }
}

async function playStorm(tabs: TabHandle[], referee: Referee, mark: string): Promise<Storm> {
  const { refreshes, reuses } = referee
  const at = Date.now() + NOTICE
  const volley = { at, requests: REQUESTS_PER_TAB, mark, hung: HUNG }
  const lost = { failed: REQUESTS_PER_TAB, at: at + HUNG }
  const ends = await Promise.all(
    tabs.map((tab) => Promise.race([tab.run(fire, volley), sleep(NOTICE + HUNG, lost, { ref: false })])),
  )
  return {
    refreshes: referee.refreshes - refreshes,
    reuses: referee.reuses - reuses,
    failed: ends.reduce((total, { failed }) => total + failed, 0),
    ms: Math.max(...ends.map((end) => end.at)) - at,
  }
}

/** Sends a tab's requests. Runs in the page, where there is nothing but its argument. */
async function fire({ at, requests, mark, hung }: Volley) {
  const now = () => performance.timeOrigin + performance.now()
  await new Promise((resolve) => setTimeout(resolve, at - now()))
  const addresses = Array.from(
    { length: requests },
    (_, index) => `${window.settings.resource}?${mark}-${index}`,
  )
  const sent = addresses.map((address) => window.tab.http.get(address, { timeout: hung }))
  const settled = await Promise.allSettled(sent)
  return { failed: settled.filter(({ status }) => status === 'rejected').length, at: now() }
}

function summarise({ tabs, storms }: Party, single: Party): TabStormRow {
  const dead = storms.map((storm) => storm.dead)
  const ms = sorted(dead.map((storm) => storm.ms))
  const toOneTab = sorted(dead.map((storm, round) => storm.ms / single.storms[round]!.dead.ms))
  const toLiveToken = sorted(storms.map((storm) => storm.dead.ms / storm.live.ms))
  return {
    tabs: tabs.length,
    requests: tabs.length * REQUESTS_PER_TAB,
    rounds: storms.length,
    refreshes: Math.max(...dead.map(({ refreshes }) => refreshes)),
    reuses: storms.reduce((total, storm) => total + storm.dead.reuses + storm.live.reuses, 0),
    failed: storms.reduce((total, storm) => total + storm.dead.failed + storm.live.failed, 0),
    ms: median(ms),
    ratioToOneTab: median(toOneTab),
    ratioToLiveToken: median(toLiveToken),
    spread: { ms: ends(ms), ratioToOneTab: ends(toOneTab), ratioToLiveToken: ends(toLiveToken) },
  }
}

const sorted = (values: number[]) => values.map((value) => Number(value.toFixed(2))).toSorted((a, b) => a - b)
const at = (values: number[], index: number) => values.at(index) ?? Number.NaN
const ends = (values: number[]): [number, number] => [at(values, 0), at(values, -1)]

/** Of values in their order. */
const median = (values: number[]) =>
  (at(values, Math.floor((values.length - 1) / 2)) + at(values, Math.floor(values.length / 2))) / 2

const shown = (value: number, [least, most]: [number, number], digits: number) =>
  `${value.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`

if (import.meta.main) {
  const { rows } = await measureTabStorm()
  const lines = rows.map(({ spread, ms, ratioToOneTab, ratioToLiveToken, ...counts }) => ({
    ...counts,
    'ms until the last tab is served': shown(ms, spread.ms, 0),
    'to one tab': shown(ratioToOneTab, spread.ratioToOneTab, 1),
    'to a live token': shown(ratioToLiveToken, spread.ratioToLiveToken, 2),
  }))
  process.stdout.write(table(lines))
}
