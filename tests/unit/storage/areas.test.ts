// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { surroundings } from '../../../src/environment.ts'
import { type AreaSettings, type StorageChoice, storageAreas } from '../../../src/storage/areas.ts'
import { MemoryStorage } from '../../support/memory-storage.ts'

const warn = vi.fn<(message: string) => void>()

/** Where a session is kept, here and now. */
const areasFor = (choice: StorageChoice, settings: Partial<AreaSettings> = {}) =>
  storageAreas(choice, { around: surroundings(), isResumable: false, crossTab: true, warn, ...settings })

/** Lets the browser refuse a storage, as it does where site data is blocked. */
const refuse = (...names: Array<'localStorage' | 'sessionStorage'>) => {
  for (const name of names) {
    vi.spyOn(globalThis, name, 'get').mockImplementation(() => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    })
  }
}

beforeEach(() => {
  warn.mockReset()
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('in a browser', () => {
  it('a session is kept in localStorage, and one for the tab alone in sessionStorage', () => {
    const { lasting, tab, page } = areasFor('local')

    expect(lasting).toBe(localStorage)
    expect(page).toBe(localStorage)
    expect(tab).toBe(sessionStorage)
  })

  it('every session may be kept in sessionStorage', () => {
    const { lasting, tab } = areasFor('session')

    expect(lasting).toBe(sessionStorage)
    expect(tab).toBe(sessionStorage)
  })

  it('a session may be kept in memory alone', () => {
    expect(areasFor('memory')).toEqual({})
  })

  it('a session may be kept in a storage of the application, and one for the tab alone in sessionStorage', () => {
    const custom = new MemoryStorage()
    const { lasting, tab } = areasFor(custom)

    expect(lasting).toBe(custom)
    expect(tab).toBe(sessionStorage)
  })

  it('nobody is warned where all is well', () => {
    for (const choice of ['local', 'session', 'memory', new MemoryStorage()] as const) areasFor(choice)

    expect(warn).not.toHaveBeenCalled()
  })
})

describe('where the browser refuses its storage with a SecurityError', () => {
  it.each(['local', 'session'] as const)('a `%s` session lives in memory, with one warning', (choice) => {
    refuse('localStorage', 'sessionStorage')

    expect(areasFor(choice)).toEqual({})
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(`${choice}Storage is not available`))
  })

  it('a session for the tab alone is still kept where sessionStorage is there', () => {
    refuse('localStorage')

    expect(areasFor('local')).toEqual({ tab: sessionStorage })
    expect(warn).toHaveBeenCalledOnce()
  })

  it('a remembered session is still kept where only sessionStorage is not there', () => {
    refuse('sessionStorage')

    expect(areasFor('local')).toEqual({ lasting: localStorage, page: localStorage })
    expect(warn).not.toHaveBeenCalled()
  })

  it('a storage of the application is used all the same, with a warning that the tabs cannot agree', () => {
    refuse('localStorage', 'sessionStorage')
    const custom = new MemoryStorage()

    expect(areasFor(custom)).toEqual({ lasting: custom })
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('each tab is on its own'))
  })

  it('a storage of one tab alone needs none of it', () => {
    refuse('localStorage', 'sessionStorage')
    const custom = new MemoryStorage()

    expect(areasFor(custom, { crossTab: false })).toEqual({ lasting: custom })
    expect(warn).not.toHaveBeenCalled()
  })

  it('a session in memory never touches it', () => {
    refuse('localStorage', 'sessionStorage')

    expect(areasFor('memory')).toEqual({})
    expect(warn).not.toHaveBeenCalled()
  })
})

describe('where the browser has no storage at all', () => {
  it.each([[null], [undefined]])('a session lives in memory, with one warning: %s', (nothing) => {
    vi.stubGlobal('localStorage', nothing)
    vi.stubGlobal('sessionStorage', nothing)

    expect(areasFor('local')).toEqual({})
    expect(warn).toHaveBeenCalledOnce()
  })
})

describe('on a server', () => {
  beforeEach(() => {
    vi.stubGlobal('document', undefined)
  })

  it.each(['local', 'session', 'memory'] as const)(
    'a `%s` session lives in memory, without a word',
    (choice) => {
      expect(areasFor(choice)).toEqual({})
      expect(warn).not.toHaveBeenCalled()
    },
  )

  it('a storage of the application is used, and none of the process', () => {
    const custom = new MemoryStorage()

    expect(areasFor(custom)).toEqual({ lasting: custom })
  })
})
