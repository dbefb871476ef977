import type { Standing } from '../standing.ts'

/** What one tab tells the others, where a storage does not. */
export interface Message extends Standing {
  /** Whom it concerns: all tabs (`''`), or the copies of one that have a session of their own. */
  readonly scope: string
}

/** Who wants to hear of what happens elsewhere. */
export interface NewsListeners {
  /** The record of a shared `Storage` was changed; `null` where it was removed. */
  onRecord(text: string | null): void
  onMessage(message: Message): void
  /** The page is looked at again, or back from sleep. */
  onWake(): void
}

/** Brings news between the tabs of one identity. */
export interface News {
  tell(message: Message): void
  close(): void
}

/** What a browser offers for it. */
export interface NewsSettings {
  name: string
  key: string
  /** Where `storage`, `pageshow`, `visibilitychange`, `focus` and `online` arrive. */
  page: EventTarget
  /** The storage whose events are news, if any. */
  storage: unknown
  /** Opens a channel, where there are no storage events. */
  open: ((name: string) => BroadcastChannel) | undefined
  listeners: NewsListeners
}

const WAKING = ['pageshow', 'visibilitychange', 'focus', 'online']

/** Subscribes to the news of one identity. */
export function createNews({ name, key, page, storage, open, listeners }: NewsSettings): News {
  const onStorage = (event: Event) => {
    const { storageArea, key: changed, newValue } = event as StorageEvent
    if (storageArea === storage && (changed === key || changed === null)) listeners.onRecord(newValue)
  }
  const onMessage = ({ data }: MessageEvent) => {
    if (isMessage(data)) listeners.onMessage(data)
  }
  if (storage) page.addEventListener('storage', onStorage)
  for (const type of WAKING) page.addEventListener(type, listeners.onWake)
  let channel = opened(name, open)
  channel?.addEventListener('message', onMessage)

  return {
    tell: (message) => channel?.postMessage(message),
    close() {
      page.removeEventListener('storage', onStorage)
      for (const type of WAKING) page.removeEventListener(type, listeners.onWake)
      channel?.close()
      channel = undefined
    },
  }
}

/** Some browsers refuse a channel where they block site data. */
function opened(name: string, open: NewsSettings['open']): BroadcastChannel | undefined {
  try {
    return open?.(name)
  } catch {
    return undefined
  }
}

function isMessage(data: unknown): data is Message {
  const { scope, id, generation } = Object(data)
  return typeof scope === 'string' && typeof id === 'string' && Number.isFinite(generation)
}
