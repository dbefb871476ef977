import type { App } from 'vue'
import type { Identity } from '../session/identity.ts'
import { addInspector } from './inspector.ts'
import { labelOf, nextPluginId, setupPlugin } from './protocol.ts'
import { type WatchedInstallation, createRequestLog } from './request-log.ts'
import { createSessionLog } from './session-log.ts'
import { createTimeline } from './timeline.ts'

/** An identity at work, as the devtools see it. */
export interface Subject {
  app: App
  identity: Identity
  installation: WatchedInstallation
  /** Aborted when the application is unmounted. */
  stop: AbortSignal
}

/** Shows an identity in Vue DevTools. For development alone. */
export function connectDevtools({ app, identity, installation, stop }: Subject): void {
  if (stop.aborted) return
  const id = nextPluginId(identity.id)
  const label = labelOf(identity.id)
  const timeline = createTimeline(id, label)
  const session = createSessionLog(identity, timeline, stop)
  const requests = createRequestLog(installation, session, timeline)
  setupPlugin({ app, id, label }, (api) => {
    timeline.addTo(api)
    addInspector(api, { app, id, label, identity, session, requests, timeline, stop })
  })
}
