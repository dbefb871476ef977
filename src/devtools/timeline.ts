import type { DevtoolsApi } from './protocol.ts'

/** Something that happened. Never with a token. */
export interface Happening {
  title: string
  subtitle?: string
  /** Happenings of one refresh stand together. */
  groupId?: string | undefined
  logType?: 'default' | 'warning' | 'error'
  data?: Record<string, unknown>
}

/** Where it is told what happens. */
export interface Timeline {
  say(happening: Happening): void
  /** Something changed that is not worth a word. */
  changed(): void
  /** Calls after every change. */
  onChange(listener: () => void): void
  /** Adds the layer to devtools that are there now. */
  addTo(api: DevtoolsApi): void
}

/** Of `@vue/devtools-api`; under `exactOptionalPropertyTypes` it does not know `undefined`. */
type TimelineEvent = Parameters<DevtoolsApi['addTimelineEvent']>[0]['event']

const TEAL = 0x0d9488

/** Makes the layer of an identity. */
export function createTimeline(layerId: string, label: string): Timeline {
  const devtools = new Set<DevtoolsApi>()
  const listeners: Array<() => void> = []
  function changed(): void {
    for (const listener of listeners) listener()
  }

  return {
    say({ data = {}, ...happening }) {
      const event = { time: Date.now(), data, ...happening } as TimelineEvent
      for (const api of devtools) api.addTimelineEvent({ layerId, event })
      changed()
    },
    changed,
    onChange: (listener) => void listeners.push(listener),
    addTo(api) {
      devtools.add(api)
      api.addTimelineLayer({ id: layerId, label, color: TEAL })
    },
  }
}
