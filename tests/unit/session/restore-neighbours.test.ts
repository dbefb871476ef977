import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Standing, firstStanding } from '../../../src/standing.ts'
import type { StoredSession } from '../../../src/storage/vault.ts'
import type { AuthContext } from '../../../src/session/context.ts'
import { isRefusal } from '../../../src/session/failure.ts'
import { createLifecycle } from '../../../src/session/lifecycle.ts'
import type { OtherTabs } from '../../../src/session/other-tabs.ts'
import { createRestore } from '../../../src/session/restore.ts'
import { Session } from '../../../src/session/session.ts'
import type { SharedCookie } from '../../../src/session/shared-cookie.ts'
import type { UserLoader } from '../../../src/session/user.ts'
import type { AuthTokens } from '../../../src/types.ts'
import { manualBackend } from '../../support/manual-backend.ts'
import { turns } from '../../support/turns.ts'

const NOW = Date.UTC(2026, 10, 23)

const joined: Standing = { id: '5.other', generation: 5 }

interface Neighbours {
  /** What the storage answers. */
  read?: StoredSession | null | Promise<StoredSession | null>
  resumable?: boolean
  /** Sessions that are known to be over. */
  over?: string[]
}

/** What a reload finds, between a storage, a server and other tabs that tell what they were told. */
function restoring({ read = null, resumable = false, over = [] }: Neighbours = {}) {
  const said: unknown[] = []
  const wanted: Array<Standing | undefined> = []
  const { backend, refreshes } = manualBackend({ resumable })
  const context = {
    backend,
    leeway: 30,
    refreshTimeout: 10_000,
    stop: new AbortController().signal,
    isSessionOver: isRefusal,
    backendContext: (signal: AbortSignal) => ({ http: undefined, signal }),
    vault: { read: async () => read, clear: async () => void said.push('cleared') },
    report: () => {},
  } as unknown as AuthContext
  const lifecycle = createLifecycle(context)
  const cookie = {
    async resumed(ask, session) {
      wanted.push(session)
      return { outcome: await ask(new AbortController().signal), standing: joined }
    },
  } as Partial<SharedCookie> as SharedCookie
  const tabs = {
    cookie: resumable ? cookie : null,
    isOver: ({ id }: { id: string }) => over.includes(id),
    found: (session: Session | null) => void said.push(`found ${session?.id ?? 'none'}`),
  } as unknown as OtherTabs
  const users = { beside: () => void said.push('user') } as unknown as UserLoader
  const restore = createRestore(context, lifecycle, tabs, users)
  return { restore, lifecycle, said, wanted, refreshes }
}

const left = (tokens: Partial<AuthTokens> = {}): StoredSession => ({
  ...firstStanding(3),
  tokens: { accessToken: 'AT1', refreshToken: 'RT1', ...tokens },
  refreshAt: Infinity,
  remember: true,
})

const bare = (expiresAt: number): StoredSession => ({ ...left(), tokens: { accessToken: 'AT1', expiresAt } })

const refusal = Object.assign(new Error('no'), { status: 401 })
const outage = new Error('down')

const begin = ({ lifecycle }: ReturnType<typeof restoring>, generation = 9) => {
  const session = new Session({ ...left(), ...firstStanding(generation) })
  lifecycle.claim()
  lifecycle.begin(session)
  return session
}

const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false
  void promise.then(() => (done = true))
  await turns(50)
  return done
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a stored session', () => {
  it('is gone on with: its user loads, and the other tabs see it', async () => {
    const stored = left()
    const { restore, lifecycle, said } = restoring({ read: stored })

    expect(await restore.found()).toBe(stored)

    expect(lifecycle.current.value?.record).toEqual(stored)
    expect(said).toEqual(['user', `found ${stored.id}`])
  })

  it('leaves the user that a server has rendered until he is loaded', async () => {
    const { restore, lifecycle } = restoring({ read: left() })
    lifecycle.user.value = { name: 'rendered' }

    await restore.found()

    expect(lifecycle.user.value).toEqual({ name: 'rendered' })
  })

  it('is not gone on with where it is known to be over, but is told of', async () => {
    const stored = left()
    const { restore, lifecycle, said } = restoring({ read: stored, over: [stored.id] })

    expect(await restore.found()).toBe(stored)

    expect([lifecycle.status.value, lifecycle.current.value]).toEqual(['anonymous', null])
    expect(said).toEqual(['found none'])
  })

  it('does not take the place of one that began meanwhile', async () => {
    const read = Promise.withResolvers<StoredSession>()
    const world = restoring({ read: read.promise })
    const session = begin(world)

    read.resolve(left())
    await world.restore.found()

    expect(world.lifecycle.current.value).toBe(session)
    expect(world.said).toEqual([`found ${session.id}`])
  })

  it('does not come back after a logout that came meanwhile', async () => {
    const read = Promise.withResolvers<StoredSession>()
    const { restore, lifecycle, said } = restoring({ read: read.promise })
    lifecycle.claim()
    lifecycle.beAnonymous()

    read.resolve(left())
    await restore.found()

    expect(lifecycle.status.value).toBe('anonymous')
    expect(said).toEqual(['found none'])
  })

  it('leaves the end of a session that came meanwhile as it is, where nothing is stored', async () => {
    const read = Promise.withResolvers<null>()
    const world = restoring({ read: read.promise })
    begin(world)
    world.lifecycle.end('expired')

    read.resolve(null)
    await world.restore.found()

    expect(world.lifecycle.status.value).toBe('expired')
  })
})

describe('a stored session that nothing can be done with', () => {
  it('is removed, and the visitor is anonymous', async () => {
    const { restore, lifecycle, said } = restoring({ read: bare(NOW) })

    expect(await restore.found()).toBeNull()

    expect(lifecycle.status.value).toBe('anonymous')
    expect(said).toEqual(['cleared', 'found none'])
  })

  it('is not removed where another session has begun in its place meanwhile', async () => {
    const read = Promise.withResolvers<StoredSession>()
    const world = restoring({ read: read.promise })
    const session = begin(world)

    read.resolve(bare(NOW))
    await world.restore.found()

    expect(world.said).toEqual([`found ${session.id}`])
  })

  it.each([
    ['its access token still serves', { read: bare(NOW + 1) }],
    ['it can be refreshed', { read: left({ expiresAt: NOW }) }],
    ['the server keeps what it takes to refresh it', { read: bare(NOW), resumable: true }],
  ])('is another matter: here %s', async (_, neighbours) => {
    const { restore, lifecycle, said, refreshes } = restoring(neighbours)

    await restore.found()

    expect(lifecycle.current.value?.record).toEqual(neighbours.read)
    expect(said).not.toContain('cleared')
    expect(refreshes).toHaveLength(0)
  })
})

describe('a server that keeps the session', () => {
  it('is asked where nothing is stored, and its tokens belong to the session that the tabs have', async () => {
    const { restore, lifecycle, said, wanted, refreshes } = restoring({ resumable: true })
    await turns(50)
    expect([lifecycle.status.value, said]).toEqual(['pending', []])

    refreshes[0]?.answer({ access_token: 'AT1', expires_in: 300 })
    await restore.found()

    expect(wanted).toEqual([undefined])
    const record = lifecycle.current.value?.record
    expect(record).toMatchObject({ ...joined, remember: true, tokens: { accessToken: 'AT1' } })
    // A leeway before its end, and by chance up to half as much earlier.
    expect(record?.refreshAt).toBeGreaterThanOrEqual(NOW + 255_000)
    expect(record?.refreshAt).toBeLessThanOrEqual(NOW + 270_000)
    expect(said).toEqual(['user', `found ${joined.id}`])
  })

  it.each([
    ['refuses', refusal],
    ['does not answer', outage],
  ])('leaves the visitor anonymous where it %s', async (_, error) => {
    const { restore, lifecycle, said, refreshes } = restoring({ resumable: true })
    await turns(50)

    refreshes[0]?.fail(error)

    expect(await restore.found()).toBeNull()
    expect(lifecycle.status.value).toBe('anonymous')
    expect(said).toEqual(['found none'])
  })

  it('is not asked by an application whose tokens are stored', async () => {
    const { restore, wanted } = restoring()

    await restore.found()
    await restore.anew(joined)

    expect(wanted).toEqual([])
  })
})

describe('who has to know whether there is a session', () => {
  /** A reload whose server has failed to answer, or has refused. */
  async function arrived(error: Error) {
    const world = restoring({ resumable: true })
    await turns(50)
    world.refreshes[0]?.fail(error)
    await world.lifecycle.ready()
    await turns(20)
    return world
  }

  it('waits for the first answer, and asks nobody a second time for it', async () => {
    const { restore, refreshes } = restoring({ resumable: true })
    const again = restore.again()
    expect(await isSettled(again)).toBe(false)

    refreshes[0]?.fail(outage)

    expect(await isSettled(again)).toBe(true)
    expect(refreshes).toHaveLength(1)
  })

  it('asks a server once more that could not be reached, and waits for its answer', async () => {
    const { restore, lifecycle, refreshes } = await arrived(outage)

    const again = restore.again()
    expect(await isSettled(again)).toBe(false)
    expect(refreshes).toHaveLength(2)
    refreshes[1]?.answer({ access_token: 'AT1' })

    expect(await isSettled(again)).toBe(true)
    expect(lifecycle.current.value?.tokens.accessToken).toBe('AT1')
  })

  it('waits for the answer that somebody else is waiting for already', async () => {
    const { restore, refreshes } = await arrived(outage)
    void restore.again()
    const second = restore.again()

    expect(await isSettled(second)).toBe(false)
    expect(refreshes).toHaveLength(2)
    refreshes[1]?.fail(outage)

    expect(await isSettled(second)).toBe(true)
  })

  it('asks as often as the server cannot be reached', async () => {
    const { restore, refreshes } = await arrived(outage)

    for (const attempt of [1, 2, 3]) {
      const again = restore.again()
      await turns(50)
      refreshes[attempt]?.fail(outage)
      await again
    }

    expect(refreshes).toHaveLength(4)
  })

  it('takes a refusal for an answer', async () => {
    const { restore, refreshes } = await arrived(refusal)

    await restore.again()

    expect(refreshes).toHaveLength(1)
  })

  it('asks nobody any more once the server has refused after all', async () => {
    const { restore, refreshes } = await arrived(outage)
    const again = restore.again()
    await turns(50)
    refreshes[1]?.fail(refusal)
    await again

    await restore.again()

    expect(refreshes).toHaveLength(2)
  })

  it('asks nobody, and looks for nothing, where tokens are stored', async () => {
    const { restore, said } = restoring()
    await restore.found()
    said.length = 0

    await restore.again()
    await turns(50)

    expect(said).toEqual([])
  })

  it('asks nobody where there is a session', async () => {
    const world = await arrived(outage)
    begin(world)

    await world.restore.again()

    expect(world.refreshes).toHaveLength(1)
  })

  it('asks nobody where a session has come and gone since, or somebody has signed out', async () => {
    const world = await arrived(outage)
    begin(world)
    world.lifecycle.end('logout')

    await world.restore.again()

    expect(world.refreshes).toHaveLength(1)
  })
})

describe('a session that another tab has begun', () => {
  /** A visitor who is known to be anonymous. */
  async function anonymous() {
    const world = restoring({ resumable: true })
    await turns(50)
    world.refreshes[0]?.fail(refusal)
    await world.restore.found()
    world.said.length = 0
    return world
  }

  it('is asked for, whatever the server said before', async () => {
    const { restore, lifecycle, wanted, refreshes, said } = await anonymous()

    const anew = restore.anew(joined)
    await turns(50)
    refreshes[1]?.answer({ access_token: 'AT1' })
    await anew

    expect(wanted).toEqual([undefined, joined])
    expect(lifecycle.current.value?.id).toBe(joined.id)
    expect(said).toEqual(['user', `found ${joined.id}`])
  })

  it.each([
    ['has signed in', (world: ReturnType<typeof restoring>) => void begin(world)],
    ['has asked to', (world: ReturnType<typeof restoring>) => void world.lifecycle.claim()],
  ])('does not come over who %s here meanwhile', async (_, act) => {
    const world = await anonymous()
    const anew = world.restore.anew(joined)
    await turns(50)

    act(world)
    world.refreshes[1]?.answer({ access_token: 'AT1' })
    await anew

    expect(world.lifecycle.current.value?.id).not.toBe(joined.id)
  })

  it('does not take the place of one that has come from elsewhere meanwhile', async () => {
    const world = await anonymous()
    const anew = world.restore.anew(joined)
    await turns(50)
    const other = new Session(left())

    world.lifecycle.begin(other)
    world.refreshes[1]?.answer({ access_token: 'AT1' })
    await anew

    expect(world.lifecycle.current.value).toBe(other)
  })

  it('is waited for by a login, as is what a reload finds', async () => {
    const { restore, refreshes } = restoring({ resumable: true })
    const first = restore.settled()
    expect(await isSettled(first)).toBe(false)
    refreshes[0]?.fail(refusal)
    expect(await isSettled(first)).toBe(true)

    void restore.anew(joined)
    const second = restore.settled()
    expect(await isSettled(second)).toBe(false)
    refreshes[1]?.fail(refusal)

    expect(await isSettled(second)).toBe(true)
  })

  it('is not asked for a second time by who has to know, while that is being done', async () => {
    const world = restoring({ resumable: true })
    await turns(50)
    world.refreshes[0]?.fail(outage)
    await world.restore.found()

    void world.restore.anew(joined)
    const again = world.restore.again()
    expect(await isSettled(again)).toBe(false)

    expect(world.refreshes).toHaveLength(2)
  })
})
