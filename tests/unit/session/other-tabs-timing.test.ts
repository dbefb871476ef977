import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { writeRecord } from '../../../src/storage/record.ts'
import { elapse, settled, startFakeTime } from '../../support/fake-time.ts'
import { endOf, laterState, linkedTab, sessionOf } from '../../support/linked-tab.ts'

beforeEach(startFakeTime)

afterEach(() => {
  vi.useRealTimers()
})

const first = sessionOf(10)
const second = sessionOf(20)
const third = sessionOf(30)

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

describe('a look at the storage', () => {
  it('says nothing of a session that has begun here while it was made', async () => {
    const tab = linkedTab()
    await tab.begin(first)
    tab.storage.entries.clear()
    tab.storage.before = (operation) => (operation === 'getItem' ? after(50) : undefined)
    tab.wake()
    await elapse(10)

    await tab.begin(second)
    await elapse(3_000)

    expect(tab.lifecycle.current.value?.id).toBe(second.id)
    expect(tab.said).toEqual([])
  })

  it('holds nobody up where the storage does not answer, and others have nothing newer', async () => {
    const tab = linkedTab()
    await tab.begin(second)
    tab.storage.before = () => Promise.reject(new Error('The disk is away.'))

    tab.wake()
    await settled()

    expect(tab.tabs.glance()).toBeNull()
    expect(tab.lifecycle.status.value).toBe('authenticated')
  })
})

describe('a write that lands late', () => {
  it('is taken back where the session has ended before it was there', async () => {
    const tab = linkedTab()
    tab.storage.before = (operation) => (operation === 'setItem' ? after(3_000) : undefined)
    const begun = tab.begin(first)
    await elapse(10)

    tab.hear(endOf(first))
    await elapse(2_500)
    expect(tab.stored()).toBeNull()
    await elapse(2_000)
    await begun

    expect(tab.stored()).toBeNull()
    expect(
      tab.told.filter(({ ended }) => !ended),
      'nobody is told of what is over',
    ).toEqual([])
  })

  it.each([
    ['have', third],
    ['had', endOf(third)],
  ])('of a session that a tab has for itself costs it nothing, whatever all others %s', async (_, heard) => {
    const tab = linkedTab({ place: 'tab' })
    tab.lifecycle.beAnonymous()
    tab.hear(heard)
    tab.storage.before = (operation) => (operation === 'setItem' ? after(100) : undefined)

    const begun = tab.begin(first)
    await elapse(10)
    await Promise.all([tab.begin(second), begun, elapse(5_000)])

    expect(tab.stored()?.id).toBe(second.id)
    expect(tab.lifecycle.current.value?.id).toBe(second.id)
  })
})

describe('what was found in the storage', () => {
  it('is held, so that every other tab sees that it is there', () => {
    const tab = linkedTab()
    const session = sessionOf(10)

    void tab.begin(session)
    tab.held.length = 0
    tab.tabs.found(tab.lifecycle.current.value)

    expect(tab.held).toEqual([['', { id: session.id, generation: session.generation }]])
  })

  it('is looked at once more: another tab may have newer tokens', async () => {
    const tab = linkedTab()
    await tab.begin(first)
    tab.write(laterState(first, 11))

    tab.tabs.found(tab.lifecycle.current.value)
    await elapse(100)

    expect(tab.lifecycle.current.value?.tokens.accessToken).toBe('AT-11')
  })

  it('may be nothing, which nobody holds', () => {
    const tab = linkedTab()
    tab.lifecycle.beAnonymous()

    tab.tabs.found(null)

    expect(tab.held).toEqual([])
  })
})

describe('a session that gives way to one of another tab', () => {
  it('leads nowhere where the next one shows in time', async () => {
    const tab = linkedTab()
    await tab.begin(first)
    tab.hear(second)
    await elapse(20)

    tab.write(second)
    await elapse(5_000)

    expect(tab.said).toEqual(['loads the user', 'goes on'])
  })

  it('leads to the login page where the next one never shows', async () => {
    const tab = linkedTab()
    await tab.begin(first)

    tab.hear(second)
    await elapse(500)
    expect(tab.said).toEqual([])
    await elapse(5_000)

    expect(tab.said).toEqual(['goes to the login page'])
    expect(tab.lifecycle.status.value).toBe('anonymous')
  })

  it('leads to the login page only once the server has been asked, where all live on one cookie', async () => {
    const tab = linkedTab({ place: 'cookie', resume: () => after(300) })
    await tab.begin(first)

    tab.hear(second)
    await elapse(200)
    expect(tab.said).toEqual([])
    await elapse(200)

    expect(tab.said).toEqual(['goes to the login page'])
  })
})

describe('a storage that still shows an earlier session than the one that was told of, which nobody holds', () => {
  it('is given a second: what is told of may be about to show', async () => {
    const tab = linkedTab()
    tab.lifecycle.beAnonymous()
    tab.write(first)

    tab.hear(second)
    await elapse(500)
    expect(tab.stored()?.id).toBe(first.id)
    expect(tab.told).toEqual([])
    tab.write(second)
    await elapse(3_000)

    expect(tab.lifecycle.current.value?.id).toBe(second.id)
  })

  it('is emptied after that, and all others are told', async () => {
    const tab = linkedTab()
    tab.lifecycle.beAnonymous()
    tab.write(first)

    tab.hear(second)
    await elapse(5_000)

    expect(tab.stored()).toBeNull()
    expect(tab.told).toEqual([expect.objectContaining({ scope: '', id: second.id, ended: 'logout' })])
  })

  it('is given as long where it is the page’s own, and an event has brought the earlier one', async () => {
    const tab = linkedTab({ place: 'page' })
    tab.lifecycle.beAnonymous()
    tab.hear(second)
    tab.write(first)

    tab.hearRecord(writeRecord(first))
    await elapse(500)
    expect(tab.stored()?.id).toBe(first.id)
    tab.write(second)
    await elapse(3_000)

    expect(tab.lifecycle.current.value?.id).toBe(second.id)
  })

  it('is given as long where it was this tab that wrote the earlier one', async () => {
    const tab = linkedTab()
    tab.lifecycle.beAnonymous()
    tab.storage.before = (operation) => (operation === 'setItem' ? after(300) : undefined)
    const begun = tab.begin(first)
    await elapse(10)

    tab.hear(second)
    await elapse(400)
    await begun
    expect(tab.stored()?.id).toBe(first.id)
    tab.write(second)
    await elapse(3_000)

    expect(tab.lifecycle.current.value?.id).toBe(second.id)
    expect(tab.told.filter(({ ended }) => ended)).toEqual([])
  })
})

describe('the end that a tab puts in the place of what is superseded', () => {
  it('is newer than all that was ever stored', async () => {
    const tab = linkedTab()
    await tab.begin(first)
    tab.write({ ...first, generation: 4e15 })

    tab.hear(endOf(first))
    await elapse(100)

    expect(tab.stored()).toBeNull()
    expect(tab.told.at(-1)?.generation).toBeGreaterThan(4e15)
  })
})

describe('a logout of a session that a tab had for itself', () => {
  it('does not sign it in as whoever all others were by then, but as who signs in later', async () => {
    const tab = linkedTab({ place: 'page' })
    const own = { ...sessionOf(30), remember: false }
    tab.hear(second)
    const session = await tab.begin(own)
    tab.tabs.ended(session, 'logout')
    tab.lifecycle.end('logout')
    tab.said.length = 0
    tab.write(second)

    tab.wake()
    await elapse(3_000)
    expect(tab.lifecycle.status.value).toBe('anonymous')
    const later = sessionOf(40)
    tab.write(later)
    tab.wake()
    await elapse(3_000)

    expect(tab.lifecycle.current.value?.id).toBe(later.id)
    expect(tab.said).toEqual(['loads the user', 'goes on'])
  })
})
