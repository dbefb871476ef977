import { onTestFinished } from 'vitest'
import type { Outcome } from '../../src/session/ask.ts'
import type { AuthContext } from '../../src/session/context.ts'
import { createLifecycle } from '../../src/session/lifecycle.ts'
import { createOtherTabs } from '../../src/session/other-tabs.ts'
import { Session } from '../../src/session/session.ts'
import type { Turns } from '../../src/session/turns.ts'
import type { UserLoader } from '../../src/session/user.ts'
import { type Standing, firstStanding, latest } from '../../src/standing.ts'
import { writeRecord } from '../../src/storage/record.ts'
import { type StoredSession, createVault } from '../../src/storage/vault.ts'
import type { Message, NewsListeners } from '../../src/tabs/news.ts'
import type { AuthTokens } from '../../src/types.ts'
import { MemoryStorage } from './memory-storage.ts'

/** Where a tab keeps its session: the page's storage, one of the application, its own, or a cookie. */
export type Place = 'page' | 'custom' | 'tab' | 'cookie'

/** What else there is to a tab. */
export interface LinkedTabSettings {
  place?: Place
  /** Runs what no other tab may do at the same time; at once unless told otherwise. */
  exclusively?: Turns['exclusively']
  /** Asks the server for the session that another tab has begun; it has none unless told otherwise. */
  resume?: () => Promise<unknown>
}

/** A session that begins as the so many-th. */
export const sessionOf = (turn: number, tokens: Partial<AuthTokens> = {}): StoredSession => ({
  ...firstStanding(turn),
  tokens: { accessToken: `AT${turn}`, refreshToken: `RT${turn}`, ...tokens },
  refreshAt: Infinity,
  remember: true,
})

/** The same session in a later state, with other tokens. */
export const laterState = (session: StoredSession, generation: number): StoredSession => ({
  ...session,
  generation,
  tokens: { accessToken: `AT-${generation}`, refreshToken: `RT-${generation}` },
})

/** What is told of the end of a session. */
export const endOf = ({ id, generation }: Standing, ended: 'logout' | 'expired' = 'logout'): Standing => ({
  id,
  generation: generation + 1,
  ended,
})

const standingOf = (known: Standing | undefined): Standing | undefined =>
  known && { id: known.id, generation: known.generation, ended: known.ended }

/** One tab whose links to all others are in the test's hands. */
export function linkedTab({ place = 'custom', exclusively, resume }: LinkedTabSettings = {}) {
  const storage = new MemoryStorage()
  const areas = {
    page: { lasting: storage, page: storage },
    custom: { lasting: storage },
    tab: { lasting: storage, tab: storage },
    cookie: {},
  }[place]
  const others = new Map<string, Standing>()
  const own = new Map<string, Standing>()
  const held: Array<[scope: string, standing: Standing]> = []
  const told: Message[] = []
  const said: string[] = []
  const orphans: AuthTokens[] = []
  const resumed: Standing[] = []
  /** What the vault said must not be told, with each failure of the storage. */
  const secrets: string[][] = []
  const stop = new AbortController()
  let listeners: NewsListeners | null = null

  const vault = createVault({
    key: 'auth',
    areas,
    bounds: { timeout: 10_000, stop: stop.signal },
    report: (_error, given) => void secrets.push(given),
  })
  const context = {
    backend: { resumable: place === 'cookie' },
    vault,
    stop: stop.signal,
    report: () => {},
    onSessionEnd: (reason: string) => void said.push(`ended by ${reason}`),
    navigation: {
      afterLogin: async () => void said.push('goes on'),
      afterEnd: async () => void said.push('goes to the login page'),
    },
    links: {
      locks: {
        alone: (_bounds: unknown, work: () => Promise<unknown>) => work(),
        async hold(scope: string, standing: Standing) {
          held.push([scope, standing])
          own.set(scope, standing)
        },
        newest: async (scope: string) => latest([others.get(scope), own.get(scope)].map(standingOf)),
        release: () => {},
      },
      subscribe(given: NewsListeners) {
        listeners = given
        return { tell: (message: Message) => void told.push(message), close: () => (listeners = null) }
      },
    },
  } as unknown as AuthContext
  const lifecycle = createLifecycle(context)
  const turns: Turns = {
    exclusively: exclusively ?? ((_over, work) => work()),
    inTurn: (work) => work(),
  }
  const users = { beside: () => void said.push('loads the user') } as Partial<UserLoader> as UserLoader
  const tabs = createOtherTabs(context, lifecycle, turns, users, {
    async resume(standing) {
      resumed.push(standing)
      await resume?.()
    },
    orphaned: async (tokens) => void orphans.push(tokens),
  })
  onTestFinished(() => {
    stop.abort()
    tabs.dispose()
  })

  return {
    tabs,
    lifecycle,
    vault,
    storage,
    others,
    held,
    told,
    said,
    orphans,
    resumed,
    secrets,
    /** Begins a session here, and resolves when it is stored. */
    async begin(stored: StoredSession): Promise<Session> {
      const session = new Session(stored)
      const saved = tabs.began(session)
      lifecycle.begin(session)
      await saved
      return session
    },
    /** What another tab says. */
    hear: ({ id, generation, ended }: Standing, scope = '') =>
      listeners?.onMessage({ scope, id, generation, ended }),
    /** What an event of the storage brings. */
    hearRecord: (text: string | null) => listeners?.onRecord(text),
    wake: () => listeners?.onWake(),
    /** What another tab writes, and nobody hears of. */
    write: (session: StoredSession) => void storage.entries.set('auth', writeRecord(session)),
    /** What is stored. */
    stored: () => JSON.parse(storage.entries.get('auth') ?? 'null') as StoredSession | null,
  }
}

/** A refresh that is on its way in a tab. */
export function flightOf(session: Session): (outcome: Outcome) => void {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  session.flight.value = { tokens: Promise.resolve(session.tokens), outcome: promise, awaited: true }
  return resolve
}
