import { locks } from 'node:worker_threads'
import { beforeEach } from 'vitest'

/** Locks of a browser of its own: real ones, under names that no other test asks for. */
class OwnLocks implements LockManager {
  static #made = 0
  readonly #prefix = `${++OwnLocks.#made}:`

  request(name: string, ...rest: [never]): Promise<never> {
    return locks.request(this.#prefix + name, ...rest)
  }

  async query(): Promise<LockManagerSnapshot> {
    const { held, pending } = await locks.query()
    return { held: this.#ownOf(held), pending: this.#ownOf(pending) }
  }

  #ownOf(all: LockInfo[] = []): LockInfo[] {
    return all
      .filter(({ name }) => name?.startsWith(this.#prefix))
      .map((lock) => ({ ...lock, name: lock.name!.slice(this.#prefix.length) }))
  }
}

// A setup file: happy-dom is a page without Web Locks, and real pages have them. Node's own are real, too. Each test has
// its own, as it has its own storage: a lock that the page of the test before still holds is no business of this one's.
if (typeof document !== 'undefined' && !navigator.locks) {
  beforeEach(() => {
    Object.defineProperty(navigator, 'locks', { value: new OwnLocks(), configurable: true })
  })
}
