import type { Tab } from './tab.ts'

/** The BroadcastChannels of one origin. */
export class SharedChannels {
  /** All that was ever said, in order. */
  readonly said: unknown[] = []
  readonly #open = new Set<Channel>()

  /** Opens a channel in a tab. */
  open(tab: Tab, name: string): BroadcastChannel {
    const channel = new Channel(this, tab, name)
    this.#open.add(channel)
    return channel
  }

  /** How many channels a tab has open. */
  of(tab: Tab): number {
    return [...this.#open].filter((channel) => channel.tab === tab).length
  }

  close(channel: Channel): void {
    this.#open.delete(channel)
  }

  say(from: Channel, data: unknown): void {
    if (from.tab.state === 'gone') return
    this.said.push(data)
    for (const channel of this.#open) {
      if (channel !== from && channel.name === from.name) channel.hear(data)
    }
  }
}

class Channel extends EventTarget implements BroadcastChannel {
  readonly name: string
  readonly tab: Tab
  onmessage = null
  onmessageerror = null
  readonly #shared: SharedChannels
  readonly #lane
  #isOpen = true

  constructor(shared: SharedChannels, tab: Tab, name: string) {
    super()
    this.#shared = shared
    this.tab = tab
    this.name = name
    this.#lane = tab.lane('messages')
  }

  postMessage(message: unknown): void {
    if (!this.#isOpen) throw new DOMException('The channel is closed.', 'InvalidStateError')
    this.#shared.say(this, structuredClone(message))
  }

  close(): void {
    this.#isOpen = false
    this.#shared.close(this)
  }

  hear(data: unknown): void {
    this.#lane.send(() =>
      this.tab.receiveNews(() => {
        if (this.#isOpen) this.dispatchEvent(new MessageEvent('message', { data }))
      }),
    )
  }
}
