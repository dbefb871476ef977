import type { App } from 'vue'
import type { Identity } from '../session/identity.ts'
import type { Session } from '../session/session.ts'
import { expireToken, refuseRefresh } from './by-hand.ts'
import type { DevtoolsApi } from './protocol.ts'
import type { RefreshLog } from './refresh-log.ts'
import type { RequestLog } from './request-log.ts'
import { queueOf } from './tab-queue.ts'
import type { Timeline } from './timeline.ts'

/** What the inspector shows. */
export interface Inspected {
  app: App
  /** Of the inspector. */
  id: string
  label: string
  identity: Identity
  refreshes: RefreshLog
  requests: RequestLog
  timeline: Timeline
  /** Aborted when the application is unmounted. */
  stop: AbortSignal
}

interface Tag {
  label: string
  textColor: number
  backgroundColor: number
}

const COLORS = { authenticated: 0x0d9488, expired: 0xdc2626, anonymous: 0x6b7280, pending: 0xd97706 }

const tag = (label: string, backgroundColor: number): Tag => ({ label, textColor: 0xffffff, backgroundColor })

const row = (key: string, value: unknown) => ({ key, value })

/** Adds the inspector of an identity. */
export function addInspector(api: DevtoolsApi, inspected: Inspected): void {
  const { app, id: inspectorId, label, timeline, stop } = inspected
  const isMine = (asked: { app: unknown; inspectorId: string }) =>
    asked.app === app && asked.inspectorId === inspectorId

  api.addInspector({
    id: inspectorId,
    label,
    icon: 'vpn_key',
    actions: actionsOf(inspected),
  })
  api.on.getInspectorTree((payload) => {
    if (isMine(payload)) payload.rootNodes = treeOf(inspected)
  })
  api.on.getInspectorState(async (payload) => {
    if (isMine(payload)) payload.state = await stateOf(inspected)
  })

  function refresh(): void {
    api.sendInspectorTree(inspectorId)
    api.sendInspectorState(inspectorId)
  }
  timeline.onChange(refresh)
  // The countdown goes on while nothing else changes.
  const clock = setInterval(refresh, 1_000)
  stop.addEventListener('abort', () => clearInterval(clock))
}

/** What may be tried out by hand. */
function actionsOf({ identity, timeline }: Inspected) {
  const { current } = identity.lifecycle
  const act = (title: string, action: (session: Session) => boolean | void) => () => {
    const session = current.value
    const isDone = session !== null && action(session) !== false
    const reason = session ? 'the server keeps the tokens to itself' : 'there is no session'
    timeline.say(isDone ? { title } : { title, subtitle: reason, logType: 'warning' })
  }
  return [
    { icon: 'timer_off', tooltip: 'Expire the access token', action: act('Expired by hand', expireToken) },
    { icon: 'block', tooltip: 'Refuse the next refresh', action: act('Next refresh refused', refuseRefresh) },
  ]
}

/** The session, and below it the requests that wait. */
function treeOf({ identity, refreshes, requests }: Inspected) {
  const { status } = identity.lifecycle
  const tags = [tag(status.value, COLORS[status.value])]
  if (refreshes.pending) tags.push(tag('refreshing', 0x2563eb))
  const children = requests.waiting.map(({ label, since }, index) => ({
    id: `waiting-${index}`,
    label,
    tags: [tag(`waits ${secondsSince(since)}`, 0xd97706)],
  }))
  return [{ id: 'session', label: identity.id, tags, children }]
}

async function stateOf({ identity, refreshes, requests }: Inspected) {
  const { lifecycle } = identity
  const session = lifecycle.current.value
  const queue = await queueOf(identity.id)
  return {
    session: [
      row('status', lifecycle.status.value),
      row('user', nameOf(lifecycle.user.value)),
      row('access token', session ? lifetimeOf(session) : 'none'),
      row('session', session?.id ?? 'none'),
      row('kept', session ? keptAt(session) : 'nothing'),
    ],
    refresh: [
      row('refreshing', whoRefreshes(refreshes, queue.isHeld)),
      row(
        'requests that wait',
        requests.waiting.map(({ label }) => label),
      ),
      row('tabs that wait', queue.waiting),
      row('last failure', session?.failure?.error.code ?? session?.refused?.code ?? 'none'),
    ],
  }
}

/** Which tab has the turn. */
function whoRefreshes({ pending }: RefreshLog, isHeld: boolean): string {
  if (pending && pending.attempts > 0) return `this tab, attempt ${pending.attempts}`
  if (isHeld) return pending ? 'another tab, and this one waits for it' : 'another tab'
  return pending ? 'this tab' : 'no tab'
}

function keptAt({ home }: Session): string {
  if (!home.record) return 'in this page alone'
  return home.isShared ? 'for all tabs' : 'for this tab'
}

/** How long an access token still lives. */
function lifetimeOf({ tokens }: Session): string {
  if (!tokens) return 'kept by the server'
  const { expiresAt } = tokens
  if (expiresAt === undefined) return 'no known end'
  const seconds = Math.round((expiresAt - Date.now()) / 1_000)
  return seconds > 0 ? `expires in ${asClock(seconds)}` : `expired ${asClock(-seconds)} ago`
}

/** As a clock would show it. */
function asClock(seconds: number): string {
  const [hours, minutes, rest] = [seconds / 3_600, (seconds % 3_600) / 60, seconds % 60].map(Math.floor)
  const padded = (part = 0) => String(part).padStart(2, '0')
  return hours ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`
}

const secondsSince = (since: number) => `${((Date.now() - since) / 1_000).toFixed(1)} s`

/** How people call themselves; nothing else of them. */
function nameOf(user: unknown): string {
  const { name, username, email, id } = Object(user) as Record<string, unknown>
  const named = [name, username, email, id].find((value) => ['string', 'number'].includes(typeof value))
  return user ? String(named ?? 'somebody without a name') : 'nobody'
}
