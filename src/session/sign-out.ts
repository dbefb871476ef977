import { isUntold } from '../storage/record.ts'
import { inTime } from '../timing.ts'
import type { AuthTokens } from '../types.ts'
import type { RouteLocationRaw } from '../vue-router.ts'
import type { AuthContext } from './context.ts'
import type { FollowTabs } from './follow-tabs.ts'
import { forget, writeEnd } from './home.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Restore } from './restore.ts'
import type { Session } from './session.ts'
import type { Farewell, TellServer } from './tell-server.ts'

/** Options of `logout`. */
export interface LogoutOptions {
  /** A route to go to instead of the login page; `false` stays. */
  redirect?: RouteLocationRaw | false
}

/** The way a session ends by intent. */
export interface SignOut {
  /** Takes an `Event` in the place of options for none, so that it serves as an event handler. */
  logout(options?: LogoutOptions | Event): Promise<void>
  /** Signs out tokens that nobody keeps. */
  dismiss(tokens: AuthTokens | null): Promise<void>
  /** Tells the server of the logout that the record tells of. */
  tellOf(tokens: AuthTokens | null): Promise<void>
  /** Tells the server of a logout that it does not know of yet. */
  tellAgain(): Promise<void>
  /** Resolves once what an earlier session still has on its way can no longer touch the cookies of the next. */
  settled(): Promise<void>
}

/** What is known of a session that was signed out. */
interface Told extends Pick<Farewell, 'isRefused' | 'askAgainAt'> {
  /** Whether it is to be told even where somebody has told it already. */
  isAgain?: boolean
}

/** Makes the way in which the server is told; where a cookie carries the session, the record says whether it still has to be. */
function createTell({ backend, homes }: AuthContext, server: TellServer) {
  const { record } = homes.shared
  return function tell(tokens: AuthTokens | null, { isAgain = false, ...told }: Told = {}): Promise<void> {
    const isRecorded = backend.resumable && record?.known
    const isDue = () =>
      !isRecorded || isUntold(record?.known) || (isAgain && record?.known?.ended !== undefined)
    const onTold = () => {
      const known = record?.known
      if (known && isUntold(known))
        void record.publish({ ...known, generation: record.advance(), isTold: true })
    }
    return server.tell({ tokens, isDue, onTold, ...told })
  }
}

/** Makes the end of whatever session there is, or may be; it resolves once the server has been told. */
function createEnding(
  { backend, homes }: AuthContext,
  lifecycle: Lifecycle,
  tabs: FollowTabs,
  restore: Restore,
  tell: ReturnType<typeof createTell>,
): () => Promise<void> {
  const { shared } = homes
  const { record } = shared

  /** Ends a session, and tells the server once a refresh of it that is on its way has come to its end. */
  async function endAndTell(session: Session): Promise<void> {
    const { home, failure, refused } = session
    const flight = session.flight.value
    writeEnd(home, session, 'logout', !backend.logout)
    if (!home.isShared) tabs.decline()
    lifecycle.end('logout')
    const outcome = await flight?.outcome
    await tell(outcome?.kind === 'renewed' ? outcome.tokens : session.tokens, {
      // Its answer may set a cookie again after a logout that did not wait for it.
      isAgain: flight !== null,
      isRefused: refused !== null || outcome?.kind === 'refused',
      askAgainAt: Math.max(failure?.until ?? 0, outcome?.kind === 'failed' ? outcome.until : 0),
    })
  }

  /** Ends what is not known yet; the answer are the tokens that were stored, if any. */
  async function endUnknown(): Promise<AuthTokens | null | undefined> {
    if (lifecycle.isPending) lifecycle.restore(null)
    lifecycle.reveal()
    record?.look()
    const known = record?.known
    const standing = known && !known.ended ? known : record?.next()
    if (standing) writeEnd(shared, standing, 'logout', !backend.logout)
    else forget(shared, '')
    const stored = await restore.found()
    if (stored && !stored.home.isShared) forget(stored.home, stored.id)
    return stored?.tokens ?? known?.tokens ?? (backend.resumable ? null : undefined)
  }

  /** Whether the server may still keep a session that is not known here. */
  const mayResume = () => backend.resumable && !(record?.known?.ended && !isUntold(record.known))

  return async function endWhatThereIs() {
    const session = lifecycle.current.value
    if (session) return endAndTell(session)
    if (!lifecycle.isPending && !tabs.isBehind && !mayResume()) return
    const tokens = await endUnknown()
    if (tokens !== undefined) await tell(tokens)
  }
}

/** Makes the action that ends a session. */
export function createSignOut(
  context: AuthContext,
  lifecycle: Lifecycle,
  tabs: FollowTabs,
  restore: Restore,
  server: TellServer,
): SignOut {
  const { backend, homes, navigation, refreshTimeout } = context
  const tell = createTell(context, server)
  const endWhatThereIs = createEnding(context, lifecycle, tabs, restore, tell)
  let farewell: Promise<void> | null = null
  /** Where the logout that is being told has led to. */
  let goal: LogoutOptions['redirect']

  /** Nobody waits longer than for what a refresh may still bring, and for the logout: the rest goes on by itself. */
  const inGoodTime = (told: Promise<void>) => inTime({ timeout: 2 * refreshTimeout }, told).catch(() => {})

  return {
    dismiss: (tokens) => server.tell({ tokens, isUnused: true, isDue: () => true, onTold: () => {} }),
    logout(options = {}) {
      const { redirect } = 'redirect' in options ? options : {}
      lifecycle.claim()
      const telling = lifecycle.current.value ? null : farewell
      if (telling && redirect === goal) return telling
      goal = redirect
      const ended = telling ?? inGoodTime(endWhatThereIs())
      const mine = Promise.all([ended, navigation.afterLogout(redirect)])
        .then(() => {})
        .finally(() => {
          if (farewell === mine) farewell = null
        })
      farewell = mine
      return mine
    },
    tellOf: (tokens) => tell(tokens),
    async tellAgain() {
      if (server.again() || !backend.resumable || farewell) return
      if (isUntold(homes.shared.record?.known)) await tell(null)
    },
    async settled() {
      if (!backend.resumable) return
      await Promise.all([farewell, restore.settled(), lifecycle.current.value?.flight.value?.outcome])
    },
  }
}
