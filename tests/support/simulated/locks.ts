import type { Lane } from './latency.ts'
import type { Tab } from './tab.ts'

interface Asked {
  readonly tab: Tab
  readonly lock: Lock
  isGranted: boolean
  granted(): void
}

/** How Web Locks may be worse than they are. */
export interface LockQuirks {
  /** Nobody is told who holds what. */
  isSecretive?: boolean
  /** Every tab has locks of its own. */
  isDivided?: boolean
}

/** The Web Locks of one origin: asked for, granted, released and looked at over ways that take time. */
export class SharedLocks {
  readonly #quirks: LockQuirks
  #asked: Asked[] = []

  constructor(quirks: LockQuirks = {}) {
    this.#quirks = quirks
  }

  /** The locks as a tab has them. */
  open(tab: Tab): LockManager {
    return new Manager(this, tab)
  }

  /** The names of the locks that a tab has or waits for. */
  of(tab: Tab): string[] {
    return this.#asked.flatMap((asked) => (asked.tab === tab ? [asked.lock.name] : []))
  }

  ask(asked: Asked): void {
    if (asked.tab.state === 'gone') return
    this.#asked.push(asked)
    this.#grant()
  }

  release(asked: Asked): void {
    if (asked.tab.state === 'gone') return // the browser frees it, as soon as it notices
    this.#asked = this.#asked.filter((other) => other !== asked)
    this.#grant()
  }

  /** Frees what a tab had that is gone. */
  close(tab: Tab): void {
    this.#asked = this.#asked.filter((asked) => asked.tab !== tab)
    this.#grant()
  }

  get snapshot(): LockManagerSnapshot {
    if (this.#quirks.isSecretive) return { held: [], pending: [] }
    const infos = (isGranted: boolean) =>
      this.#asked.filter((asked) => asked.isGranted === isGranted).map(({ lock }) => ({ ...lock }))
    return { held: infos(true), pending: infos(false) }
  }

  #grant(): void {
    const isShared = ({ lock }: Asked) => lock.mode === 'shared'
    for (const [index, asked] of this.#asked.entries()) {
      if (asked.isGranted) continue
      const ahead = this.#asked.slice(0, index).filter((other) => this.#collides(other, asked))
      if (ahead.length > 0 && !(isShared(asked) && ahead.every(isShared))) continue
      asked.isGranted = true
      asked.granted()
    }
  }

  #collides(one: Asked, other: Asked): boolean {
    return one.lock.name === other.lock.name && (!this.#quirks.isDivided || one.tab === other.tab)
  }
}

class Manager implements LockManager {
  readonly #shared: SharedLocks
  readonly #tab: Tab
  readonly #out: Lane
  readonly #in: Lane

  constructor(shared: SharedLocks, tab: Tab) {
    this.#shared = shared
    this.#tab = tab
    this.#out = tab.lane('locks')
    this.#in = tab.lane('locks')
  }

  request<T>(name: string, callback: LockGrantedCallback<T>): Promise<Awaited<T>>
  request<T>(name: string, options: LockOptions, callback: LockGrantedCallback<T>): Promise<Awaited<T>>
  async request<T>(
    name: string,
    first: LockOptions | LockGrantedCallback<T>,
    second?: LockGrantedCallback<T>,
  ): Promise<Awaited<T>> {
    const { mode = 'exclusive', signal } = typeof first === 'function' ? {} : first
    const callback = (second ?? first) as LockGrantedCallback<T>
    signal?.throwIfAborted()
    return await new Promise<T>((resolve, reject) => {
      const lock: Lock = { name, mode }
      const give = () => this.#out.send(() => this.#shared.release(asked))
      const abort = () => {
        give()
        reject(signal?.reason as Error)
      }
      const run = () => {
        if (signal?.aborted) return
        signal?.removeEventListener('abort', abort)
        attempt(() => callback(lock))
          .finally(give)
          .then(resolve, reject)
      }
      const asked: Asked = {
        tab: this.#tab,
        lock,
        isGranted: false,
        granted: () => this.#in.send(() => this.#tab.receive(run)),
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#out.send(() => this.#shared.ask(asked))
    })
  }

  query(): Promise<LockManagerSnapshot> {
    return new Promise((resolve) => {
      this.#out.send(() => {
        const { snapshot } = this.#shared
        this.#in.send(() => this.#tab.receive(() => resolve(snapshot)))
      })
    })
  }
}

async function attempt<T>(action: () => T): Promise<Awaited<T>> {
  return await action()
}
