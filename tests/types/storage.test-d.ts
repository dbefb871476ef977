import localforage from 'localforage'
import { describe, expectTypeOf, it } from 'vitest'
import type { AuthAxiosOptions, AuthStorage, Awaitable } from 'vue-auth-axios'

/** What async look-alikes of `localStorage` tend to look like. */
interface AsyncStorage {
  getItem(key: string): Promise<string | null>
  setItem(key: string, value: string): Promise<void>
  removeItem(key: string): Promise<void>
  clear(): Promise<void>
}

/** What those look like that answer with something of their own. */
interface OddStorage {
  getItem(key: string): Promise<string | undefined>
  setItem(key: string, value: string): Promise<{ stored: boolean }>
  removeItem(key: string): boolean
}

describe('a storage', () => {
  it('has the methods of the contract', () => {
    expectTypeOf<keyof AuthStorage>().toEqualTypeOf<'getItem' | 'setItem' | 'removeItem'>()
    expectTypeOf<AuthStorage['getItem']>().toEqualTypeOf<
      (key: string) => Awaitable<string | null | undefined>
    >()
    expectTypeOf<AuthStorage['setItem']>().toEqualTypeOf<(key: string, value: string) => Awaitable<unknown>>()
    expectTypeOf<AuthStorage['removeItem']>().toEqualTypeOf<(key: string) => Awaitable<unknown>>()
  })

  it('may be one of the browser', () => {
    expectTypeOf<Storage>().toExtend<AuthStorage>()
    expectTypeOf(localStorage).toExtend<AuthStorage>()
    expectTypeOf(sessionStorage).toExtend<AuthStorage>()
  })

  it('may be an async look-alike', () => {
    expectTypeOf<AsyncStorage>().toExtend<AuthStorage>()
    expectTypeOf<OddStorage>().toExtend<AuthStorage>()
    expectTypeOf<LocalForage>().toExtend<AuthStorage>() // finding 52
  })

  it('is an option as it is', () => {
    const options: AuthAxiosOptions = { storage: localforage }
    expectTypeOf(options.storage).not.toBeAny()
  })

  it('may be an object literal', () => {
    const entries = new Map<string, string>()
    const storage: AuthStorage = {
      getItem: (key) => entries.get(key) ?? null,
      setItem: (key, value) => void entries.set(key, value),
      removeItem: async (key) => void entries.delete(key),
    }
    expectTypeOf(storage).toEqualTypeOf<AuthStorage>()
  })

  it('is not anything', () => {
    expectTypeOf<Map<string, string>>().not.toExtend<AuthStorage>()
    expectTypeOf<Pick<Storage, 'getItem' | 'setItem'>>().not.toExtend<AuthStorage>()
    expectTypeOf<
      Omit<AsyncStorage, 'getItem'> & { getItem(key: string): Promise<number> }
    >().not.toExtend<AuthStorage>()
  })
})

describe('a value that may take its time', () => {
  it('is there, or promised', () => {
    expectTypeOf<string>().toExtend<Awaitable<string>>()
    expectTypeOf<Promise<string>>().toExtend<Awaitable<string>>()
    expectTypeOf<PromiseLike<string>>().toExtend<Awaitable<string>>()
    expectTypeOf<Promise<number>>().not.toExtend<Awaitable<string>>()
  })
})
