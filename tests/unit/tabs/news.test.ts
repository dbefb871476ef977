import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Message, type News, createNews } from '../../../src/tabs/news.ts'
import { MemoryStorage } from '../../support/memory-storage.ts'

const KEY = 'auth'
const MESSAGE: Message = { scope: '', id: 'first', generation: 2, ended: 'logout' }

const channels: BroadcastChannel[] = []
const open = (name: string): BroadcastChannel => {
  const channel = new BroadcastChannel(name)
  channels.push(channel)
  return channel
}

/** A tab that listens, and what it heard. */
const listening = ({ name = 'news', storage = new MemoryStorage() as unknown, channel = true } = {}) => {
  const page = new EventTarget()
  const heard = {
    onRecord: vi.fn<(text: string | null) => void>(),
    onMessage: vi.fn<(message: Message) => void>(),
    onWake: vi.fn<() => void>(),
  }
  const news: News = createNews({
    name,
    key: KEY,
    page,
    storage,
    open: channel ? open : undefined,
    listeners: heard,
  })
  const store = (members: Record<string, unknown>) =>
    page.dispatchEvent(
      Object.assign(new Event('storage'), { storageArea: storage, key: KEY, newValue: null, ...members }),
    )
  return { page, news, storage, store, ...heard }
}

afterEach(() => {
  for (const channel of channels.splice(0)) channel.close()
})

describe('a change of the record', () => {
  it('is heard of, with what is there now', () => {
    const { store, onRecord } = listening()

    store({ newValue: 'text' })
    store({ newValue: null })

    expect(onRecord.mock.calls).toEqual([['text'], [null]])
  })

  it('is heard of where somebody has cleared the whole storage', () => {
    const { store, onRecord } = listening()

    store({ key: null })

    expect(onRecord).toHaveBeenCalledExactlyOnceWith(null)
  })

  it('is none where it was another record, or another storage', () => {
    const { store, onRecord } = listening()

    store({ key: 'auth-2', newValue: 'text' })
    store({ storageArea: new MemoryStorage(), newValue: 'text' })

    expect(onRecord).not.toHaveBeenCalled()
  })

  it('is not listened for where the storage has no events', () => {
    const { store, onRecord } = listening({ storage: null })

    store({ newValue: 'text' })

    expect(onRecord).not.toHaveBeenCalled()
  })
})

describe('a message', () => {
  it('reaches the other tabs of the identity, and not the one that sent it', async () => {
    const [here, there, other] = [listening(), listening(), listening({ name: 'others' })]

    here.news.tell(MESSAGE)
    await vi.waitFor(() => expect(there.onMessage).toHaveBeenCalled())

    expect(there.onMessage).toHaveBeenCalledExactlyOnceWith(MESSAGE)
    expect(here.onMessage).not.toHaveBeenCalled()
    expect(other.onMessage).not.toHaveBeenCalled()
  })

  it('is none where somebody else talks on the same channel', async () => {
    const { onMessage } = listening()
    const stranger = open('news')

    for (const odd of [
      null,
      'hello',
      1,
      [],
      {},
      { scope: '', id: 1, generation: 1 },
      { scope: 1, id: 'a', generation: 1 },
      { scope: '', id: 'a', generation: '1' },
    ]) {
      stranger.postMessage(odd)
    }
    stranger.postMessage(MESSAGE)
    await vi.waitFor(() => expect(onMessage).toHaveBeenCalled())

    expect(onMessage).toHaveBeenCalledExactlyOnceWith(MESSAGE)
  })

  it('reaches nobody where there are no channels, and harms nobody', () => {
    const { news } = listening({ channel: false })

    expect(() => news.tell(MESSAGE)).not.toThrow()
    expect(() => news.close()).not.toThrow()
  })
})

describe('a page', () => {
  it.each(['pageshow', 'visibilitychange', 'focus', 'online'])('that wakes by %s is told so', (type) => {
    const { page, onWake } = listening()

    page.dispatchEvent(new Event(type))

    expect(onWake).toHaveBeenCalledOnce()
  })

  it('that is gone hears nothing any more', async () => {
    const [gone, there] = [listening(), listening()]
    gone.news.close()

    gone.store({ newValue: 'text' })
    for (const type of ['pageshow', 'visibilitychange', 'focus', 'online'])
      gone.page.dispatchEvent(new Event(type))
    open('news').postMessage(MESSAGE)
    await vi.waitFor(() => expect(there.onMessage).toHaveBeenCalled())

    expect(gone.onRecord).not.toHaveBeenCalled()
    expect(gone.onWake).not.toHaveBeenCalled()
    expect(gone.onMessage).not.toHaveBeenCalled()
  })
})
