import { describe, expect, test } from 'vitest'
import { times } from '../support/outcomes.ts'
import { playgroundReferee } from '../support/real-tabs/playground-referee.ts'
import type { TabSettings } from '../support/real-tabs/protocol.ts'
import type { TabHandle } from '../support/real-tabs/tab-handle.ts'
import { useRealTabs } from '../support/real-tabs/use-real-tabs.ts'

const tabs = useRealTabs(playgroundReferee)

/** How many rounds a race has. */
const ROUNDS = Math.ceil(Number(process.env.TAB_ROUNDS ?? 25) / 5)

/** In ms, for a slow machine. */
const PATIENCE = 20_000 + ROUNDS * 2_000

/** In ms: how long ahead a moment is agreed on, and how far apart two tabs may be in the end. */
const NOTICE = 30
const SPREAD = [0, 1, 3, 8, 20]

const PLACES: Array<{ place: string; settings: Partial<TabSettings> }> = [
  { place: 'localStorage', settings: {} },
  { place: 'a storage without events', settings: { storage: 'custom' } },
]

type Reply = Record<string, unknown>

/** What a tab does at a moment: ends the session, begins another one, or needs a fresh token. */
interface Move {
  at: number
  reply?: Reply
  logOut?: boolean
}

const make = (tab: TabHandle, move: Move): Promise<string> =>
  tab.run(async ({ at, reply, logOut }) => {
    const { store, play } = window.tab
    if (!reply && !logOut) return play({ at, isOverslept: false })
    await new Promise((resolve) => setTimeout(resolve, at - Date.now()))
    await (reply ? store.setTokens(reply) : store.logout())
    return 'done'
  }, move)

/** The access token that a tab has, and the one that the storage shows to it. */
const viewOf = (tab: TabHandle) =>
  tab.run(() => {
    const record =
      localStorage.getItem(window.tab.storageKey) ?? localStorage.getItem(`custom-${window.tab.storageKey}`)
    const { accessToken = null } = JSON.parse(record ?? 'null')?.tokens ?? {}
    return { token: window.tab.accessToken(), stored: accessToken as string | null }
  })

/** Waits until all tabs have the same access token, and the storage that one too; says which. */
async function agreed(all: TabHandle[], label: string): Promise<string | null> {
  const views = () => Promise.all(all.map(viewOf))
  const countTokens = async () => new Set((await views()).flatMap(Object.values)).size
  await expect
    .poll(countTokens, { timeout: 5_000 })
    .toBe(1)
    .catch(async () => expect(await views(), label).toEqual('all the same'))
  return tokenOf(all[0]!)
}

const tokenOf = (tab: TabHandle) => tab.run(() => window.tab.accessToken())

describe.each(PLACES)('with $place, two tabs that at the same moment', ({ settings }) => {
  /** Two tabs, and a third one that only hears of what they do. */
  async function begin(): Promise<[TabHandle, TabHandle, TabHandle]> {
    const profile = await tabs.visit(settings)
    const [one, other, third] = await Promise.all(times(3, () => profile.open()))
    return [one!, other!, third!]
  }

  /** Begins a session that all tabs have, and whose access token is dead. */
  async function beginSession(all: TabHandle[]): Promise<void> {
    await all[0]!.run((reply) => window.tab.begin(reply), await tabs.referee.grant())
    await agreed(all, 'at the start')
    await tabs.referee.expire()
  }

  const moments = (round: number) => {
    const at = Date.now() + NOTICE
    const later = SPREAD[round % SPREAD.length] ?? 0
    return round % 2 ? [at, at + later] : [at + later, at]
  }

  test(
    'refresh and sign out are signed out, both, and stay so',
    async () => {
      const all = await begin()
      const [one, other] = all
      for (let round = 0; round < ROUNDS; round++) {
        await beginSession(all)
        const [at = 0, until = 0] = moments(round)

        await Promise.all([make(one, { at }), make(other, { at: until, logOut: true })])

        expect(await agreed(all, `round ${round}`)).toBeNull()
        expect(await one.get(), 'without a token').toBe('ERR_BAD_REQUEST')
      }
    },
    PATIENCE,
  )

  test(
    'refresh and begin another session have that one, both, and it lives',
    async () => {
      const all = await begin()
      const [one, other] = all
      for (let round = 0; round < ROUNDS; round++) {
        await beginSession(all)
        const reply = await tabs.referee.grant()
        const [at = 0, until = 0] = moments(round)

        await Promise.all([make(one, { at }), make(other, { at: until, reply })])

        expect(await agreed(all, `round ${round}`)).toBe(reply.access_token)
        expect(await Promise.all(all.map((tab) => tab.get()))).toEqual(['200', '200', '200'])
        expect(await one.run(() => window.tab.refreshToken())).toBe(reply.refresh_token)
      }
    },
    PATIENCE,
  )

  test(
    'begin two sessions end up with one of them, and it lives',
    async () => {
      const all = await begin()
      const [one, other] = all
      for (let round = 0; round < ROUNDS; round++) {
        const replies = [await tabs.referee.grant(), await tabs.referee.grant()]
        const [at = 0, until = 0] = moments(round)

        await Promise.all([
          make(one, { at, reply: replies[0]! }),
          make(other, { at: until, reply: replies[1]! }),
        ])

        const token = await agreed(all, `round ${round}`)
        const winner = replies.find((reply) => reply.access_token === token)
        expect(winner).toBeDefined()
        expect(await Promise.all(all.map((tab) => tab.get()))).toEqual(['200', '200', '200'])
        expect(await one.run(() => window.tab.refreshToken())).toBe(winner?.refresh_token)
      }
    },
    PATIENCE,
  )
})
