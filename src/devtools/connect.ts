import type { App } from 'vue'
import type { Identity } from '../session/identity.ts'
import { addInspector } from './inspector.ts'
import { labelOf, nextPluginId, setupPlugin } from './protocol.ts'
import { createRefreshLog } from './refresh-log.ts'
import { type AdapterOf, type WatchedInstallation, createRequestLog } from './request-log.ts'
import { watchSessions } from './sessions.ts'
import { createTimeline } from './timeline.ts'

/** An identity at work, as the devtools see it. */
export interface Subject {
  app: App
  identity: Identity
  installation: WatchedInstallation
  adapterOf: AdapterOf
  /** Aborted when the application is unmounted. */
  stop: AbortSignal
}

/** Shows an identity in Vue DevTools. For development alone. */
export function connectDevtools({ app, identity, installation, adapterOf, stop }: Subject): void {
  if (stop.aborted) return
  const id = nextPluginId(identity.id)
  const label = labelOf(identity.id)
  const timeline = createTimeline(id, label)
  const refreshes = createRefreshLog(identity.id, timeline)
  watchSessions(identity, refreshes, timeline, stop)
  const requests = createRequestLog(installation, adapterOf, refreshes, timeline)
  let isSetUp = false
  setupPlugin({ app, id, label }, (api) => {
    // Devtools that are opened later set up what they have set up already.
    if (isSetUp) return
    isSetUp = true
    timeline.addTo(api)
    addInspector(api, { app, id, label, identity, refreshes, requests, timeline, stop })
  })
}
