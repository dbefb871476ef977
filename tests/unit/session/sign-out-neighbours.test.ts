import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { firstStanding } from '../../../src/standing.ts'
import type { StoredSession } from '../../../src/storage/vault.ts'
import type { Outcome } from '../../../src/session/ask.ts'
import type { AuthContext } from '../../../src/session/context.ts'
import { createLifecycle } from '../../../src/session/lifecycle.ts'
import type { OtherTabs } from '../../../src/session/other-tabs.ts'
import type { Restore } from '../../../src/session/restore.ts'
import { Session } from '../../../src/session/session.ts'
import { createSignOut } from '../../../src/session/sign-out.ts'
import type { Turns } from '../../../src/session/turns.ts'
import { manualBackend } from '../../support/manual-backend.ts'
import { outcomes } from '../../support/outcomes.ts'
import { turns as microtasks } from '../../support/turns.ts'

const tokens = { accessToken: 'AT1', refreshToken: 'RT1' }
const fresh = { accessToken: 'AT2', refreshToken: 'RT2' }

interface Neighbours {
  resumable?: boolean
  /** Answers what an earlier visit left. */
  found?: Promise<StoredSession | null>
  inTurn?: Turns['inTurn']
  tabs?: Partial<OtherTabs>
}

/** The way out of a session, between a backend, a storage and other tabs that tell what they were told. */
function signingOut({ resumable = false, found, inTurn, tabs = {} }: Neighbours = {}) {
  const said: unknown[] = []
  const say =
    (what: string) =>
    async (...given: unknown[]): Promise<void> =>
      void said.push([what, ...given])
  const { backend, logouts } = manualBackend({ resumable })
  const stop = new AbortController()
  const context = {
    backend,
    refreshTimeout: 1_000,
    stop: stop.signal,
    backendContext: (signal: AbortSignal) => ({ http: undefined, signal }),
    vault: { clear: say('clear') },
    navigation: { afterEnd: say('afterEnd') },
    report: () => {},
  } as unknown as AuthContext
  const lifecycle = createLifecycle(context)
  const others = {
    ended: (session: Session, reason: string) => void said.push(['ended', session.id, reason]),
    endedUnseen: () => void said.push(['endedUnseen']),
    cookie: resumable ? { endedByServer: say('endedByServer') } : null,
    ...tabs,
  } as unknown as OtherTabs
  const resuming = Promise.withResolvers<void>()
  const restore = {
    found: () => found ?? Promise.resolve(null),
    settled: () => resuming.promise,
  } as Restore
  const turns: Turns = {
    exclusively: (_over, work) => work(),
    inTurn: inTurn ?? ((work) => work()),
  }
  const signOut = createSignOut(context, lifecycle, turns, others, restore)
  const begin = (generation = 1) => {
    const beginning = { remember: true, leeway: 30, ...firstStanding(generation) }
    const session = Session.start(tokens, beginning)
    lifecycle.begin(session)
    return session
  }
  return { signOut, lifecycle, begin, said, logouts, stop, resumed: resuming.resolve }
}

const stored = (generation: number): StoredSession => ({
  ...firstStanding(generation),
  tokens,
  refreshAt: Infinity,
  remember: true,
})

/** A refresh of a session that comes to its end when the test says so. */
function refreshing(session: Session) {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  session.flight.value = { tokens: Promise.resolve(tokens), outcome: promise, awaited: true }
  return resolve
}

/** Whether a promise has settled by now. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  void promise.finally(() => (done = true))
  await microtasks(30)
  return done
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a logout', () => {
  it('tells the other tabs why the session ended, and goes where it is to go', async () => {
    const { signOut, begin, said } = signingOut()
    const { id } = begin()

    void signOut.logout({ redirect: '/bye' })

    expect(said).toEqual([
      ['ended', id, 'logout'],
      ['afterEnd', '/bye'],
    ])
  })

  it('goes to the login page where nothing else is said', async () => {
    const { signOut, begin, said } = signingOut()
    begin()

    void signOut.logout()

    expect(said).toContainEqual(['afterEnd', undefined])
  })

  it('makes what was asked for before give way', () => {
    const { signOut, lifecycle } = signingOut()
    const isLatest = lifecycle.claim()

    void signOut.logout()

    expect(isLatest()).toBe(false)
  })

  it('takes its turn at once, and speaks to the server in it', async () => {
    const turn = Promise.withResolvers<void>()
    const asked = vi.fn<() => void>()
    const { signOut, begin, logouts } = signingOut({
      inTurn: (work) => {
        asked()
        return turn.promise.then(work)
      },
    })
    begin()

    void signOut.logout()
    expect(asked).toHaveBeenCalledOnce()
    await microtasks(30)
    expect(logouts).toHaveLength(0)
    turn.resolve()
    await microtasks(30)

    expect(logouts).toHaveLength(1)
  })

  it('is done, without a word, where its turn does not come', async () => {
    const { signOut, begin } = signingOut({ inTurn: () => Promise.reject(new Error('unmounted')) })
    begin()

    expect((await outcomes([signOut.logout()])).errors).toEqual([])
  })

  it('hands the server the tokens that a pending refresh still brings, not the spent ones', async () => {
    const { signOut, begin, logouts } = signingOut()
    const land = refreshing(begin())

    void signOut.logout()
    await microtasks(30)
    expect(logouts).toHaveLength(0)
    land({ kind: 'renewed', tokens: fresh })
    await microtasks(30)

    expect(logouts.map(({ input }) => input)).toEqual([fresh])
  })

  it('lets the other tabs know once the server has answered, where all live on one cookie', async () => {
    const { signOut, begin, said, logouts } = signingOut({ resumable: true })
    begin()

    void signOut.logout({ redirect: false })
    await microtasks(30)
    expect(said).not.toContainEqual(['endedByServer'])
    logouts[0]?.answer(null)
    await microtasks(30)

    expect(said.at(-1)).toEqual(['endedByServer'])
  })

  it('is asked for again by who signs out again, where the server keeps the session', async () => {
    const { signOut, begin, logouts } = signingOut({ resumable: true })
    begin()
    const first = signOut.logout()
    await microtasks(30)
    logouts[0]?.fail(new Error('offline'))
    await first

    void signOut.logout()
    await microtasks(30)

    expect(logouts.map(({ input }) => input)).toEqual([tokens, null])
  })
})

describe('a logout before the stored session has been read', () => {
  it('ends in every tab at once, and on the server as soon as it is found', async () => {
    const session = stored(7)
    const { signOut, lifecycle, said, logouts } = signingOut({ found: Promise.resolve(session) })

    void signOut.logout()
    expect(lifecycle.status.value).toBe('anonymous')
    await microtasks(30)

    expect(said).toEqual([['endedUnseen'], ['clear'], ['afterEnd', undefined]])
    expect(logouts.map(({ input }) => input)).toEqual([tokens])
  })

  it('leaves alone a session that began before the storage answered, which may be the one it shows', async () => {
    const session = stored(7)
    const found = Promise.withResolvers<StoredSession>()
    const { signOut, lifecycle, logouts } = signingOut({ found: found.promise })

    void signOut.logout()
    lifecycle.begin(new Session(session))
    found.resolve(session)
    await microtasks(30)

    expect(logouts).toHaveLength(0)
    expect(lifecycle.status.value).toBe('authenticated')
  })

  it('ends it also where another session began before the storage answered', async () => {
    const session = stored(7)
    const found = Promise.withResolvers<StoredSession>()
    const { signOut, begin, said, logouts } = signingOut({ found: found.promise })

    void signOut.logout()
    begin(8)
    found.resolve(session)
    await microtasks(30)

    expect(said).toContainEqual(['endedUnseen'])
    expect(logouts.map(({ input }) => input)).toEqual([tokens])
  })

  it('has nobody to speak to where nothing was left', async () => {
    const { signOut, said, logouts } = signingOut()

    await signOut.logout()

    expect(said).toEqual([['endedUnseen'], ['clear'], ['afterEnd', undefined]])
    expect(logouts).toHaveLength(0)
  })
})

describe('a logout of a visitor who is known to be anonymous', () => {
  it('looks for nothing in the storage', async () => {
    const { signOut, lifecycle, said, logouts } = signingOut({ found: Promise.resolve(stored(7)) })
    lifecycle.beAnonymous()

    await signOut.logout()

    expect(said).toEqual([['afterEnd', undefined]])
    expect(logouts).toHaveLength(0)
  })
})

describe('a login', () => {
  it('waits for nothing where tokens are stored: nothing that is on its way can touch them', async () => {
    const { signOut, begin } = signingOut()
    refreshing(begin())

    expect(await isDone(signOut.settled())).toBe(true)
  })

  it('waits for a resume that is on its way, where it could set the cookie', async () => {
    const { signOut, resumed } = signingOut({ resumable: true })
    const settled = signOut.settled()
    expect(await isDone(settled)).toBe(false)

    resumed()

    expect(await isDone(settled)).toBe(true)
  })

  it('waits for a refresh that is on its way, where it could set the cookie', async () => {
    const { signOut, begin, resumed } = signingOut({ resumable: true })
    const land = refreshing(begin())
    resumed()
    const settled = signOut.settled()
    expect(await isDone(settled)).toBe(false)

    land({ kind: 'renewed', tokens: fresh })

    expect(await isDone(settled)).toBe(true)
  })

  it('waits for no refresh where none is on its way', async () => {
    const { signOut, begin, resumed } = signingOut({ resumable: true })
    begin()
    resumed()

    expect(await isDone(signOut.settled())).toBe(true)
  })

  it('waits for a logout that is on its way, where it could take the cookie', async () => {
    const { signOut, begin, logouts, resumed } = signingOut({ resumable: true })
    begin()
    resumed()
    void signOut.logout()
    const settled = signOut.settled()
    expect(await isDone(settled)).toBe(false)

    logouts[0]?.answer(null)

    expect(await isDone(settled)).toBe(true)
  })
})

describe('tokens that nobody keeps', () => {
  it('are handed back to the server, which is given so much time and no more', async () => {
    const { signOut, logouts } = signingOut()
    const dismissed = signOut.dismiss(fresh)
    expect(await isDone(dismissed)).toBe(false)
    expect(logouts.map(({ input }) => input)).toEqual([fresh])

    await vi.advanceTimersByTimeAsync(1_000)

    expect(await isDone(dismissed)).toBe(true)
    expect(logouts[0]?.context.signal.aborted).toBe(true)
  })

  it('are handed back without waiting for an answer once the application is gone', async () => {
    const { signOut, stop } = signingOut()
    const dismissed = signOut.dismiss(fresh)

    stop.abort()

    expect(await isDone(dismissed)).toBe(true)
  })
})
