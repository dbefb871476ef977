/** Who wants to hear of what happens elsewhere. */
export interface NewsListeners {
  /** The record may have changed; the text that an event has brought, where it has. */
  onRecord(text?: string | null): void
  /** All data of the site were cleared. */
  onCleared(): void
  /** The page is looked at again, back from sleep, or online. */
  onWake(): void
  /** The page is hidden, perhaps for good. */
  onHide(): void
}

/** What brings the news of one identity. */
export interface NewsSource {
  /** Where `storage`, `pageshow`, `pagehide`, `visibilitychange`, `focus` and `online` arrive. */
  page: EventTarget
  /** The storage whose events are news. */
  area: unknown
  /** The key of the record. */
  key: string
}

const WAKING = ['pageshow', 'visibilitychange', 'focus', 'online']

/** Tells the other applications in this window, which get no storage events, that the record was changed. */
export const tellWindow = ({ page, key }: NewsSource): void => void page.dispatchEvent(new Event(key))

/** Subscribes to the news of one identity. Returns what ends that. */
export function subscribe(
  { page, area, key }: NewsSource,
  { onRecord, onCleared, onWake, onHide }: NewsListeners,
): () => void {
  const onStorage = (event: Event) => {
    const { storageArea, key: changed, newValue } = event as StorageEvent
    if (storageArea !== area) return
    if (changed === null) onCleared()
    else if (changed === key) onRecord(newValue)
  }
  const listeners: Array<[type: string, listener: (event: Event) => void]> = [
    ['storage', onStorage],
    [key, () => onRecord()],
    ['pagehide', onHide],
    ...WAKING.map((type): [string, () => void] => [type, onWake]),
  ]
  for (const [type, listener] of listeners) page.addEventListener(type, listener)
  return () => {
    for (const [type, listener] of listeners) page.removeEventListener(type, listener)
  }
}
