import { getEventListeners } from 'node:events'
import { type Latency, Lane, type Traffic } from './latency.ts'

/** What a tab listens to on its page. */
const EVENTS = [
  'storage',
  'pagehide',
  'vue-auth-axios:authAxios',
  'pageshow',
  'visibilitychange',
  'focus',
  'online',
]

/** What the rest of the browser sees of a tab: what reaches it, and what it sends. */
export class Tab {
  readonly number: number
  readonly page = new EventTarget()
  state: 'awake' | 'suspended' | 'gone' = 'awake'
  readonly #latency: Latency
  #backlog: Array<() => void> = []
  #losesNews = false

  constructor(number: number, latency: Latency) {
    this.number = number
    this.#latency = latency
  }

  /** A way to this tab, or from it. */
  lane(kind: Traffic): Lane {
    return new Lane(kind, this.#latency)
  }

  /** Something has arrived at the tab; it is noticed once the tab runs. */
  receive(notice: () => void): void {
    if (this.state === 'awake') notice()
    else if (this.state === 'suspended') this.#backlog.push(notice)
  }

  /** An event or a message has arrived: a tab from the back-forward cache never hears of it. */
  receiveNews(notice: () => void): void {
    if (this.state !== 'suspended' || !this.#losesNews) this.receive(notice)
  }

  /** Puts the tab to sleep. */
  suspend({ losesNews = false } = {}): void {
    if (this.state !== 'awake') return
    this.state = 'suspended'
    this.#losesNews = losesNews
  }

  /** Lets the tab run again. */
  resume(): void {
    if (this.state !== 'suspended') return
    this.state = 'awake'
    for (const notice of this.#backlog.splice(0)) notice()
  }

  /** How many listeners there are on the page. */
  get listeners(): number {
    return EVENTS.reduce((sum, type) => sum + getEventListeners(this.page, type).length, 0)
  }
}
