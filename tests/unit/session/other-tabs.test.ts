import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { beganEarlier } from '../../../src/standing.ts'
import { writeRecord } from '../../../src/storage/record.ts'
import type { Outcome } from '../../../src/session/ask.ts'
import type { Turns } from '../../../src/session/turns.ts'
import { elapse, settled, startFakeTime } from '../../support/fake-time.ts'
import { endOf, flightOf, laterState, linkedTab, sessionOf } from '../../support/linked-tab.ts'

/** The longest that a tab looks for what it knows to have been written, in ms. */
const LONGEST = 1_000

beforeEach(startFakeTime)

afterEach(() => {
  vi.useRealTimers()
})

const first = sessionOf(10)
const second = sessionOf(20)
const third = sessionOf(30)

const reads = ({ operations }: { operations: string[] }) =>
  operations.filter((operation) => operation === 'getItem').length

describe('a page that is looked at again', () => {
  it('is waited for until it has looked, and no longer', async () => {
    const tab = linkedTab()
    await tab.begin(first)
    expect(tab.tabs.glance()).toBeNull()

    tab.wake()
    expect(tab.tabs.glance()).toBeInstanceOf(Promise)
    await settled()

    expect(tab.tabs.glance()).toBeNull()
  })

  it('is waited for until it has looked for the last time, however often it is looked at', async () => {
    const tab = linkedTab()
    await tab.begin(first)
    let delay = 10
    tab.storage.before = (operation) =>
      operation === 'getItem' ? new Promise((resolve) => setTimeout(resolve, delay)) : undefined

    tab.wake()
    await settled()
    delay = 500
    tab.wake()
    await elapse(100)
    expect(tab.tabs.glance()).toBeInstanceOf(Promise)
    await elapse(500)

    expect(tab.tabs.glance()).toBeNull()
  })

  it('looks but once where everything shows, though others hold something', async () => {
    const tab = linkedTab()
    await tab.begin(first)
    tab.others.set('', first)
    const before = reads(tab.storage)

    tab.wake()
    await elapse(LONGEST)

    expect(reads(tab.storage)).toBe(before + 1)
  })

  it('looks for a second at the most, and less and less often, for what others hold and the storage does not show', async () => {
    const tab = linkedTab()
    await tab.begin(first)
    tab.others.set('', { id: first.id, generation: 99 })
    const before = reads(tab.storage)

    tab.wake()
    await elapse(900)
    expect(tab.tabs.glance()).toBeInstanceOf(Promise)
    await elapse(1_000)

    expect(tab.tabs.glance()).toBeNull()
    expect(reads(tab.storage) - before).toBeLessThan(20)
  })

  it('does not look for what is of no concern to a session of its own', async () => {
    const tab = linkedTab({ place: 'tab' })
    await tab.begin(first)
    tab.others.set('', second)

    tab.wake()
    await settled()

    expect(tab.tabs.glance()).toBeNull()
    expect(tab.lifecycle.current.value?.id).toBe(first.id)
  })

  it('does not take a storage that has not been written yet for one that was cleared', async () => {
    const tab = linkedTab()
    tab.lifecycle.beAnonymous()
    const ms = { getItem: 50, setItem: 10, removeItem: 10 }
    tab.storage.before = (operation) => new Promise((resolve) => setTimeout(resolve, ms[operation]))

    const begun = tab.begin(first)
    tab.wake()
    await elapse(LONGEST)
    await begun

    expect(tab.lifecycle.status.value).toBe('authenticated')
  })
})

describe('a tab that hears of an end', () => {
  it.each(['logout', 'expired'] as const)(
    'has no session any more, for the same reason: %s',
    async (reason) => {
      const tab = linkedTab()
      await tab.begin(first)

      tab.hear(endOf(first, reason))

      expect(tab.lifecycle.status.value).toBe(reason === 'logout' ? 'anonymous' : 'expired')
      expect(tab.said).toEqual([`ended by ${reason}`, 'goes to the login page'])
      expect(tab.held.at(-1)).toEqual(['', expect.objectContaining(endOf(first, reason))])
    },
  )

  it('refuses that session and every earlier one, and no later one', async () => {
    const tab = linkedTab()
    tab.lifecycle.beAnonymous()

    tab.hear(endOf(second))

    expect([first, second, third].map((session) => tab.tabs.isOver(session))).toEqual([true, true, false])
  })

  it('knows nothing by it of sessions that a tab has for itself', () => {
    const tab = linkedTab({ place: 'tab' })

    tab.hear(endOf(second))

    expect(tab.tabs.isOver(first)).toBe(false)
  })

  it('keeps its session where it is an earlier one that has ended', async () => {
    const tab = linkedTab()
    await tab.begin(second)

    tab.hear(endOf(first))
    await elapse(3 * LONGEST)

    expect(tab.lifecycle.current.value?.id).toBe(second.id)
    expect(tab.stored()?.id).toBe(second.id)
  })

  it('hands the server the tokens that its own refresh still brings', async () => {
    const tab = linkedTab()
    const land = flightOf(await tab.begin(first))

    tab.hear(endOf(first))
    land({ kind: 'renewed', tokens: { accessToken: 'AT11' } })
    await settled()

    expect(tab.orphans).toEqual([{ accessToken: 'AT11' }])
  })

  it.each<[string, Outcome]>([
    ['is refused', { kind: 'refused' }],
    ['fails', { kind: 'failed', cause: null, until: 0 }],
  ])('has nothing to hand back where its own refresh %s', async (_, outcome) => {
    const tab = linkedTab()
    const land = flightOf(await tab.begin(first))

    tab.hear(endOf(first))
    land(outcome)
    await settled()

    expect(tab.orphans).toEqual([])
  })

  it('hands nothing back where the session has expired: the server knows', async () => {
    const tab = linkedTab()
    const land = flightOf(await tab.begin(first))

    tab.hear(endOf(first, 'expired'))
    land({ kind: 'renewed', tokens: { accessToken: 'AT11' } })
    await settled()

    expect(tab.orphans).toEqual([])
  })

  it('removes what it has just stored of that session, before the news came', async () => {
    const tab = linkedTab()
    await tab.begin(first)

    tab.hear(endOf(first))
    await elapse(LONGEST)

    expect(tab.stored()).toBeNull()
  })

  it('removes what it was still storing when the news came, once that has landed', async () => {
    const tab = linkedTab()
    const session = await tab.begin(first)
    tab.storage.before = (operation) =>
      operation === 'setItem' ? new Promise((resolve) => setTimeout(resolve, 3_000)) : undefined
    session.renew(laterState(first, 11))
    const saved = tab.tabs.renewed(session)
    await settled()

    tab.hear(endOf({ ...first, generation: 11 }))
    await elapse(20_000)
    await saved

    expect(tab.stored()).toBeNull()
  })

  it('looks until the storage shows it, and takes what comes in its place', async () => {
    // Another tab is at it: what is superseded stays for a while.
    const tab = linkedTab({ exclusively: () => new Promise(() => {}) })
    tab.lifecycle.beAnonymous()
    tab.write(first)
    tab.hear(endOf(first))
    await elapse(20)

    tab.write(second)
    await elapse(100)

    expect(tab.lifecycle.current.value?.id).toBe(second.id)
    expect(tab.said).toEqual(['loads the user', 'goes on'])
  })
})

describe('a tab that hears of a later session', () => {
  it('gives its own up at once, even before the storage shows the next, which is no logout', async () => {
    const tab = linkedTab()
    const session = await tab.begin(first)

    tab.hear(second)

    expect(tab.lifecycle.status.value).toBe('anonymous')
    expect(session.endedBy).toBe('ERR_AUTH_SESSION_CHANGED')
    expect(tab.said).toEqual([])
  })

  it('takes it as soon as the storage shows it', async () => {
    const tab = linkedTab()
    await tab.begin(first)
    tab.hear(second)
    await elapse(20)

    tab.write(second)
    await elapse(200)

    expect(tab.lifecycle.current.value?.record).toEqual(second)
    expect(tab.held.at(-1)).toEqual(['', { id: second.id, generation: second.generation }])
  })
})

/** A record, a message and a lock that tell of a session, each as another tab would bring it. */
const ways = {
  record: (tab: ReturnType<typeof linkedTab>, session: typeof first) => {
    tab.write(session)
    tab.hearRecord(writeRecord(session))
  },
  message: (tab: ReturnType<typeof linkedTab>, session: typeof first) => {
    tab.write(session)
    tab.hear({ id: session.id, generation: session.generation })
  },
  fence: (tab: ReturnType<typeof linkedTab>, session: typeof first) => {
    tab.write(session)
    tab.others.set('', { id: session.id, generation: session.generation })
    tab.wake()
  },
}

const kinds = Object.keys(ways) as Array<keyof typeof ways>
const pairs = kinds.flatMap((one) => kinds.map((other) => [one, other] as const))

describe.each(['page', 'custom'] as const)('of two sessions that a tab hears of (%s)', (place) => {
  it.each(pairs)(
    'the later one wins where it comes first, by %s, and the earlier one by %s',
    async (one, other) => {
      const tab = linkedTab({ place })
      tab.lifecycle.beAnonymous()

      ways[one](tab, second)
      await elapse(100)
      ways[other](tab, first)
      await elapse(3 * LONGEST)

      expect(tab.lifecycle.current.value?.id).toBe(second.id)
      expect(tab.stored()?.id).toBe(second.id)
    },
  )

  it.each(pairs)(
    'the later one wins where it comes last, the earlier one by %s, and it by %s',
    async (one, other) => {
      const tab = linkedTab({ place })
      tab.lifecycle.beAnonymous()

      ways[one](tab, first)
      await elapse(100)
      ways[other](tab, second)
      await elapse(3 * LONGEST)

      expect(tab.lifecycle.current.value?.id).toBe(second.id)
      expect(tab.stored()?.id).toBe(second.id)
    },
  )
})

describe('news that crossed each other', () => {
  it('may show in the storage a moment later: the tab looks again, and the later session stays', async () => {
    const tab = linkedTab()
    await tab.begin(second)
    tab.hear(first)
    await elapse(500)

    tab.write(first)
    await elapse(LONGEST)

    expect(tab.stored()?.id).toBe(second.id)
  })

  it('may do so each time', async () => {
    const tab = linkedTab()
    await tab.begin(second)

    for (const _time of [1, 2, 3]) {
      tab.hear(first)
      await elapse(500)
      tab.write(first)
      await elapse(LONGEST)

      expect(tab.stored()?.id).toBe(second.id)
    }
  })

  it('make it look again but once, however many they are', async () => {
    const tab = linkedTab()
    await tab.begin(second)
    for (let count = 0; count < 20; count++) tab.hear(first)
    await elapse(500)
    const before = reads(tab.storage)

    await elapse(3 * LONGEST)

    expect(reads(tab.storage)).toBe(before + 1)
  })
})

describe('a storage that shows once more what is superseded', () => {
  const wrong = async (settings: Parameters<typeof linkedTab>[0] = {}) => {
    const tab = linkedTab(settings)
    await tab.begin(second)
    tab.told.length = 0
    return tab
  }

  it('is put right by the tab that has what came later, in a state that all others take for newer', async () => {
    const tab = await wrong()
    tab.write({ ...first, generation: 4e15 })

    tab.wake()
    await elapse(100)

    expect(tab.stored()).toMatchObject({ id: second.id, tokens: second.tokens })
    expect(tab.stored()?.generation).toBeGreaterThan(4e15)
    expect(tab.lifecycle.current.value?.standing.generation).toBe(tab.stored()?.generation)
    expect(tab.told.map(({ id, ended }) => [id, ended])).toEqual([[second.id, undefined]])
  })

  it('is put right each time', async () => {
    const tab = await wrong()

    for (const _time of [1, 2, 3]) {
      tab.write(first)
      tab.wake()
      await elapse(100)

      expect(tab.stored()?.id).toBe(second.id)
    }
  })

  it('is emptied where what came later has ended, and all others are told', async () => {
    const tab = linkedTab()
    tab.lifecycle.beAnonymous()
    tab.hear(endOf(second))
    tab.write(first)

    tab.wake()
    await elapse(100)

    expect(tab.stored()).toBeNull()
    expect(tab.told).toEqual([
      { scope: '', id: second.id, generation: expect.any(Number) as number, ended: 'logout' },
    ])
  })

  it('is emptied where all that others still hold is the end of it', async () => {
    const tab = linkedTab()
    tab.lifecycle.beAnonymous()
    tab.others.set('', endOf(second))
    tab.write(first)

    tab.wake()
    await elapse(100)

    expect(tab.stored()).toBeNull()
  })

  it('is emptied where others hold what is over as well', async () => {
    const tab = linkedTab()
    tab.lifecycle.beAnonymous()
    tab.hear(endOf(second))
    tab.others.set('', first)
    tab.write(first)

    tab.wake()
    await elapse(100)

    expect(tab.stored()).toBeNull()
  })

  it('is left to the tab that has what came later, which is told to put it back', async () => {
    const tab = linkedTab()
    tab.lifecycle.beAnonymous()
    tab.others.set('', { id: second.id, generation: second.generation })
    tab.write(first)

    tab.wake()
    await elapse(20)

    expect(tab.stored()?.id).toBe(first.id)
    expect(tab.told.at(-1)).toMatchObject({ scope: '', id: second.id })
  })

  it('is left to the tab that has newer tokens of the same session', async () => {
    const tab = await wrong()
    tab.others.set('', { id: second.id, generation: 25 })
    tab.write(first)

    tab.wake()
    await elapse(20)

    expect(tab.stored()?.id).toBe(first.id)
    expect(tab.told.at(-1)).toMatchObject({ id: second.id, generation: 25 })
  })

  it('is left alone where it shows a later one by the time that nobody else is at it', async () => {
    const turn = Promise.withResolvers<void>()
    const exclusively: Turns['exclusively'] = (_over, work) => turn.promise.then(work)
    const tab = linkedTab({ exclusively })
    tab.lifecycle.beAnonymous()
    tab.hear(endOf(first))
    tab.write(first)
    tab.wake()
    await elapse(20)

    tab.write(second)
    turn.resolve()
    await elapse(3 * LONGEST)

    expect(tab.stored()?.id).toBe(second.id)
    expect(tab.lifecycle.current.value?.id).toBe(second.id)
  })

  it('is put right the next time where the turn did not come', async () => {
    let isBusy = true
    const exclusively: Turns['exclusively'] = (_over, work) =>
      isBusy ? Promise.reject(new DOMException('The wait ran out.', 'AbortError')) : work()
    const tab = await wrong({ exclusively })
    tab.write(first)
    tab.wake()
    await elapse(3 * LONGEST)
    expect(tab.stored()?.id).toBe(first.id)

    isBusy = false
    tab.wake()
    await elapse(100)

    expect(tab.stored()?.id).toBe(second.id)
  })

  it('is put right by one turn, however often it is seen meanwhile', async () => {
    const turn = Promise.withResolvers<void>()
    const exclusively = vi.fn((_over: AbortSignal, work: () => Promise<unknown>) => turn.promise.then(work))
    const tab = await wrong({ exclusively: exclusively as unknown as Turns['exclusively'] })
    tab.write(first)

    for (const _time of [1, 2, 3]) {
      tab.wake()
      await elapse(50)
    }

    expect(exclusively).toHaveBeenCalledOnce()
    turn.resolve()
    await elapse(LONGEST)
    expect(tab.stored()?.id).toBe(second.id)
  })
})

describe('new tokens of another tab', () => {
  it('are taken from the event, though the storage itself shows them a moment later', async () => {
    const tab = linkedTab({ place: 'page' })
    await tab.begin(first)

    tab.hearRecord(writeRecord(laterState(first, 11)))
    await settled()

    expect(tab.lifecycle.current.value?.tokens.accessToken).toBe('AT-11')
    expect(tab.held.at(-1)).toEqual(['', { id: first.id, generation: 11 }])
  })

  it('are not taken where they are older than those that are here', async () => {
    const tab = linkedTab({ place: 'page' })
    const session = await tab.begin(laterState(first, 15))

    tab.hearRecord(writeRecord(laterState(first, 11)))
    await settled()

    expect(session.tokens.accessToken).toBe('AT-15')
  })

  it('are kept out of what is told of a storage that fails later', async () => {
    const tab = linkedTab()
    await tab.begin(first)
    tab.write(laterState(first, 11))
    tab.wake()
    await elapse(100)
    expect(tab.lifecycle.current.value?.tokens.accessToken).toBe('AT-11')

    tab.storage.before = () => Promise.reject(new Error('The disk is away.'))
    tab.wake()
    await elapse(100)

    expect(tab.secrets).toEqual([['AT-11', 'RT-11']])
  })

  it('are above which every state comes that this tab writes', async () => {
    const tab = linkedTab()
    await tab.begin(first)
    const far = Date.now() + 1e9
    tab.write(laterState(first, far))
    tab.wake()
    await elapse(100)

    expect(tab.vault.advance()).toBeGreaterThan(far)
  })
})

describe('a record that is gone', () => {
  it('signs out where its removal is heard of, though nobody has said why', async () => {
    const tab = linkedTab({ place: 'page' })
    await tab.begin(first)
    tab.storage.entries.clear()

    tab.hearRecord(null)
    await settled()

    expect(tab.said).toEqual(['ended by logout', 'goes to the login page'])
  })

  it('signs nobody out whose session is back by then', async () => {
    const tab = linkedTab({ place: 'page' })
    await tab.begin(first)

    tab.hearRecord(null)
    await settled()

    expect(tab.lifecycle.status.value).toBe('authenticated')
  })
})

describe('a session that a tab has for itself and its copies', () => {
  const open = async () => {
    const tab = linkedTab({ place: 'tab' })
    return { tab, session: await tab.begin(first) }
  }

  it('cannot be refreshed any more once a copy has done so, and the refusal says so', async () => {
    const { tab, session } = await open()

    tab.hear({ id: first.id, generation: 11 }, first.id)

    const refresh = vi.fn<() => Promise<Outcome>>()
    expect(await tab.tabs.alone(session, refresh)).toEqual({ kind: 'refused', cause: undefined })
    expect(session.refused).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(refresh).not.toHaveBeenCalled()
  })

  it('cannot be refreshed either where only the lock of the copy tells of it', async () => {
    const { tab, session } = await open()
    tab.others.set(first.id, { id: first.id, generation: 11 })

    const refresh = vi.fn<() => Promise<Outcome>>()
    expect(await tab.tabs.alone(session, refresh)).toMatchObject({ kind: 'refused' })
    expect(refresh).not.toHaveBeenCalled()
  })

  it.each([
    ['an older state of it', { id: first.id, generation: 9 }],
    ['its own state', { id: first.id, generation: 10 }],
  ])('can be refreshed where a copy tells of %s', async (_, standing) => {
    const { tab, session } = await open()
    tab.hear(standing, first.id)

    const outcome: Outcome = { kind: 'renewed', tokens: { accessToken: 'AT11' } }
    expect(await tab.tabs.alone(session, async () => outcome)).toBe(outcome)
  })

  it('is not touched by what the copies of another one say', async () => {
    const { tab, session } = await open()

    tab.hear({ id: second.id, generation: 99 }, second.id)
    tab.hear(endOf(second), second.id)

    expect([session.refused, session.endedBy]).toEqual([null, null])
  })

  it('ends with that of a copy, in the storage as well', async () => {
    const { tab } = await open()

    tab.hear(endOf(first), first.id)
    await settled()

    expect(tab.said).toEqual(['ended by logout', 'goes to the login page'])
    expect(tab.stored()).toBeNull()
  })

  it('does not end that of a copy where it is only this tab that cannot go on', async () => {
    const { tab, session } = await open()
    tab.hear({ id: first.id, generation: 11 }, first.id)
    tab.told.length = 0

    tab.tabs.ended(session, 'expired')
    await settled()

    expect(tab.told).toEqual([])
  })

  it('ends that of a copy where somebody signs out here, though only the copy could go on', async () => {
    const { tab, session } = await open()
    tab.hear({ id: first.id, generation: 11 }, first.id)
    tab.told.length = 0

    tab.tabs.ended(session, 'logout')
    await settled()

    expect(tab.told[0]).toMatchObject({ scope: first.id, id: first.id, ended: 'logout' })
    expect(tab.told[0]?.generation).toBeGreaterThan(11)
  })

  it('is above what a copy has told where it goes on', async () => {
    const { tab } = await open()
    const far = Date.now() + 1e9

    tab.hear({ id: first.id, generation: far }, first.id)

    expect(tab.vault.advance()).toBeGreaterThan(far)
  })
})

describe('the end of a session here', () => {
  it('is told at once, and once more when the storage no longer shows the session', async () => {
    const tab = linkedTab()
    const session = await tab.begin(first)
    tab.told.length = 0
    tab.storage.before = () => new Promise((resolve) => setTimeout(resolve, 100))

    tab.tabs.ended(session, 'logout')
    expect(tab.told).toHaveLength(1)
    await elapse(200)

    expect(tab.told).toHaveLength(2)
    expect(tab.told[1]).toEqual(tab.told[0])
    expect(tab.told[0]).toMatchObject({ scope: '', id: first.id, ended: 'logout' })
  })

  it('is told of whatever there is, before it is known here', () => {
    const tab = linkedTab()

    tab.tabs.endedUnseen()

    expect(tab.told).toEqual([expect.objectContaining({ scope: '', ended: 'logout' })])
    expect(beganEarlier(first.id, tab.told[0]?.id ?? '')).toBe(true)
    expect(tab.held).toEqual([['', expect.objectContaining({ id: tab.told[0]?.id, ended: 'logout' })]])
  })
})

describe('tabs that live on one cookie', () => {
  it('ask the server once for a session that another tab has begun, and go on where they get it', async () => {
    const tab = linkedTab({ place: 'cookie' })
    tab.lifecycle.beAnonymous()

    for (const _time of [1, 2, 3]) {
      tab.hear(first)
      await elapse(100)
    }

    expect(tab.resumed).toEqual([expect.objectContaining({ id: first.id })])
    expect(tab.said).toEqual([])
  })

  it('hold up nobody who wakes, though the server has refused what others have', async () => {
    const tab = linkedTab({ place: 'cookie' })
    tab.lifecycle.beAnonymous()
    tab.others.set('', first)

    tab.wake()
    await settled()

    expect(tab.tabs.glance()).toBeNull()
  })

  it('say nothing of new tokens: each has its own', async () => {
    const tab = linkedTab({ place: 'cookie' })
    const session = await tab.begin(first)
    tab.told.length = 0
    tab.held.length = 0

    session.renew({ ...laterState(first, 10) })
    await tab.tabs.renewed(session)

    expect([tab.told, tab.held]).toEqual([[], []])
  })

  it('take back what a refresh brings that was on its way when the end was heard of', async () => {
    const tab = linkedTab({ place: 'cookie' })
    const session = await tab.begin(first)
    const refresh = async (): Promise<Outcome> => {
      tab.hear(endOf(first))
      return { kind: 'renewed', tokens: { accessToken: 'AT11' } }
    }

    expect(await tab.tabs.alone(session, refresh)).toEqual({ kind: 'refused' })
    expect(tab.orphans).toContainEqual({ accessToken: 'AT11' })
  })

  it('take nothing back where it is an earlier end that is told once more', async () => {
    const tab = linkedTab({ place: 'cookie' })
    tab.lifecycle.beAnonymous()
    tab.hear(endOf(first))
    const session = await tab.begin(second)
    const outcome: Outcome = { kind: 'renewed', tokens: { accessToken: 'AT21' } }

    const refreshed = await tab.tabs.alone(session, async () => {
      tab.hear(endOf(first))
      return outcome
    })

    expect(refreshed).toBe(outcome)
    expect(tab.orphans).toEqual([])
  })

  it('see to it once that the server hears of a logout which another tab was to tell', async () => {
    const tab = linkedTab({ place: 'cookie' })
    const land = flightOf(await tab.begin(first))

    tab.hear(endOf(first))
    land({ kind: 'renewed', tokens: { accessToken: 'AT11' } })
    await elapse(100)

    expect(tab.orphans).toEqual([first.tokens])
  })

  it('have nothing to see to where the session has expired', async () => {
    const tab = linkedTab({ place: 'cookie' })
    await tab.begin(first)

    tab.hear(endOf(first, 'expired'))
    await elapse(100)

    expect(tab.orphans).toEqual([])
  })
})

describe('a refresh', () => {
  it('is not made where another tab has brought newer tokens by the time of its turn', async () => {
    const tab = linkedTab()
    const session = await tab.begin(first)
    const later = laterState(first, 11)
    tab.write(later)
    tab.others.set('', { id: first.id, generation: 11 })
    const refresh = vi.fn<() => Promise<Outcome>>()

    expect(await tab.tabs.alone(session, refresh)).toEqual({ kind: 'renewed', tokens: later.tokens })
    expect(refresh).not.toHaveBeenCalled()
  })

  it('is not made where newer tokens do not show: it has failed, and says what to look at', async () => {
    const tab = linkedTab()
    const session = await tab.begin(first)
    tab.others.set('', { id: first.id, generation: 11 })
    const refresh = vi.fn<() => Promise<Outcome>>()

    const outcome = tab.tabs.alone(session, refresh)
    await elapse(2 * LONGEST)

    expect(await outcome).toMatchObject({
      kind: 'failed',
      cause: new Error(
        'Another tab has newer tokens than the storage shows. Is the storage one for all tabs?',
      ),
    })
    expect(refresh).not.toHaveBeenCalled()
  })

  it('has failed where its turn does not come', async () => {
    const cause = new DOMException('The wait ran out.', 'AbortError')
    const tab = linkedTab({ exclusively: () => Promise.reject(cause) })
    const session = await tab.begin(first)

    expect(await tab.tabs.alone(session, async () => ({ kind: 'refused' }))).toMatchObject({
      kind: 'failed',
      cause,
    })
  })
})
