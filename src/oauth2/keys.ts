import type { CryptoKeyPair } from 'oauth4webapi'
import { withKeys } from './key-store.ts'

/** What bundlers put a word in the place of. */
declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** How many tokens of a tab keep their key in memory: more than may be in use at once. */
const REMEMBERED = 8

/** The keys of sessions: one for each, found by the access token it is bound to. */
export interface Keys {
  /** Finds the key of a token; none where this browser has none. */
  of(accessToken: string): Promise<CryptoKeyPair | undefined>
  /** Lets a token have a key, in every tab; the one it had before has it no longer. */
  bind(accessToken: string, pair: CryptoKeyPair, previous?: string): Promise<void>
  /** Lets go of the key of a session. */
  forget(accessToken: string): Promise<void>
}

/** Keeps keys in IndexedDB, in memory where there is none. */
export function createKeys(): Keys {
  const remembered = new Map<string, Promise<CryptoKeyPair | undefined>>()
  let isExplained = false

  /** Without a store all goes on, as long as the page lives. */
  function explain(error: unknown): undefined {
    if (process.env.NODE_ENV !== 'production' && !isExplained) {
      isExplained = true
      console.warn('IndexedDB does not keep the DPoP key, so the session ends with this page.', error)
    }
  }

  function remember(accessToken: string, pair: Promise<CryptoKeyPair | undefined>): typeof pair {
    remembered.set(accessToken, pair)
    const [oldest] = remembered.keys()
    if (remembered.size > REMEMBERED) remembered.delete(oldest!)
    return pair
  }

  async function find(accessToken: string): Promise<CryptoKeyPair | undefined> {
    const name = await nameOf(accessToken)
    const pair = await withKeys<CryptoKeyPair>('readonly', (store) => store.get(name)).catch(explain)
    if (!pair) remembered.delete(accessToken)
    return pair
  }

  return {
    of: (accessToken) => remembered.get(accessToken) ?? remember(accessToken, find(accessToken)),
    async bind(accessToken, pair, previous = '') {
      void remember(accessToken, Promise.resolve(pair))
      const [name, before] = await Promise.all([accessToken, previous].map(nameOf))
      const replace = (store: IDBObjectStore) => {
        store.delete(before!)
        return store.put(pair, name)
      }
      await withKeys('readwrite', replace).catch(explain)
    },
    async forget(accessToken) {
      remembered.delete(accessToken)
      const name = await nameOf(accessToken)
      await withKeys('readwrite', (store) => store.delete(name)).catch(explain)
    },
  }
}

/** A hash, so that the token itself is not kept once more. */
async function nameOf(accessToken: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(accessToken))
  return String(new Uint8Array(hash))
}
