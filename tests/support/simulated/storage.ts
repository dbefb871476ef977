import type { Lane } from './latency.ts'
import type { Tab } from './tab.ts'

/** How a shared storage differs from what browsers do today. */
export interface SharedStorageQuirks {
  /** Tabs hear of their own changes as well. */
  echoes?: boolean
  /** Nobody hears of anything. */
  isMute?: boolean
}

/**
 * A storage as the tabs of one origin share it. Each tab has a view of its own: it sees its own changes at once and those
 * of others later, in the one order in which they arrived here.
 */
export class SharedStorage {
  /** What the views come to show in the end. */
  readonly content = new Map<string, string>()
  /** Is called with every value that a tab writes. */
  onWrite: (tab: Tab, value: string) => void = () => {}
  readonly quirks: SharedStorageQuirks
  readonly #views = new Map<Tab, View>()

  constructor(quirks: SharedStorageQuirks = {}) {
    this.quirks = quirks
  }

  /** The storage as a tab sees it, from now on. */
  open(tab: Tab): Storage {
    const view = new View(this, tab)
    this.#views.set(tab, view)
    return view
  }

  /** Forgets a tab that is gone. */
  close(tab: Tab): void {
    this.#views.delete(tab)
  }

  /** A change has arrived; `null` removes, and a change without a key removes all. */
  commit(origin: View, key: string | null, value: string | null): void {
    apply(this.content, key, value)
    for (const view of this.#views.values()) view.hear(origin, key, value)
  }
}

/** A storage of one tab alone, such as its `sessionStorage`. */
export class OwnStorage implements Storage {
  readonly items: Map<string, string>;
  [name: string]: unknown

  constructor(items: Iterable<[string, string]> = []) {
    this.items = new Map(items)
  }

  get length(): number {
    return this.items.size
  }

  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null
  }

  getItem(key: string): string | null {
    return this.items.get(key) ?? null
  }

  setItem(key: string, value: string): void {
    this.change(key, value)
  }

  removeItem(key: string): void {
    this.change(key, null)
  }

  clear(): void {
    this.change(null, null)
  }

  protected change(key: string | null, value: string | null): void {
    apply(this.items, key, value)
  }
}

class View extends OwnStorage {
  readonly #shared: SharedStorage
  readonly #tab: Tab
  readonly #out: Lane
  readonly #in: Lane
  /** Own changes that have not come back: what others wrote before them is of no interest any more. */
  #pending: Array<string | null> = []

  constructor(shared: SharedStorage, tab: Tab) {
    super(shared.content)
    this.#shared = shared
    this.#tab = tab
    this.#out = tab.lane('storage')
    this.#in = tab.lane('storage')
  }

  protected override change(key: string | null, value: string | null): void {
    if (this.#tab.state === 'gone') return
    const isNews = key === null ? this.items.size > 0 : this.getItem(key) !== value
    if (value !== null) this.#shared.onWrite(this.#tab, value)
    if (!isNews) return
    super.change(key, value)
    this.#pending.push(key)
    this.#out.send(() => this.#shared.commit(this, key, value))
  }

  hear(origin: View, key: string | null, value: string | null): void {
    const { echoes, isMute } = this.#shared.quirks
    this.#in.send(() => {
      if (origin === this) this.#pending.shift()
      else this.#take(key, value)
      if (isMute || (origin === this && !echoes)) return
      const event = Object.assign(new Event('storage'), { key, newValue: value, storageArea: this })
      this.#tab.receiveNews(() => this.#tab.page.dispatchEvent(event))
    })
  }

  /** Takes what another tab has written, but for what this one has written since. */
  #take(key: string | null, value: string | null): void {
    if (this.#pending.some((own) => own === null || own === key)) return
    const own = this.#pending.flatMap((name) => [...this.items].filter(([known]) => known === name))
    apply(this.items, key, value)
    for (const [name, kept] of own) this.items.set(name, kept)
  }
}

function apply(items: Map<string, string>, key: string | null, value: string | null): void {
  if (key === null) items.clear()
  else if (value === null) items.delete(key)
  else items.set(key, value)
}
