import { type AxiosInstance, type AxiosResponse, CanceledError, type InternalAxiosRequestConfig } from 'axios'
import type { Pinia } from 'pinia'
import { type App, inject } from 'vue'
import { explainOnce } from './backends/explain-refusal.ts'
import type { ResolvedOptions } from './defaults.ts'
import type { Surroundings } from './environment.ts'
import { type Requests, sendAuthorised } from './http/authorised.ts'
import { type Connection, connect } from './http/connect.ts'
import { type Attach, type DispatchSettings, dispatch } from './http/dispatch.ts'
import { bareInstance, unconnectedCopy } from './http/instances.ts'
import { watchForSelfWait } from './http/self-wait.ts'
import { adapterOf, deliver } from './http/send.ts'
import { instancesKey } from './injection.ts'
import { type Reporter, createReporter } from './reporter.ts'
import { authRoutesOf } from './router/auth-routes.ts'
import { findRouter } from './router/find-router.ts'
import { guardRoutes } from './router/guard.ts'
import type { GuardedSession } from './router/guarded-session.ts'
import { expectIdentities } from './router/known-identities.ts'
import { createNavigation } from './router/navigation.ts'
import type { BackendRequest } from './session/ask.ts'
import { safeCause } from './session/cause.ts'
import { type HomeListener, type Homes, createHomes } from './session/homes.ts'
import { type Identity, createIdentity } from './session/identity.ts'
import { storageAreas } from './storage/areas.ts'
import { type AuthStore, createAuthStore } from './store/auth-store.ts'
import { createTabLocks } from './tabs/locks.ts'
import type { AuthTokens, BackendContext } from './types.ts'
import type { Router } from './vue-router.ts'

/** An identity at work in one application. */
export interface Installation {
  readonly store: AuthStore
  /** Sends a request of an instance under the session; devtools put a way that they can see in its place. */
  send: (instance: AxiosInstance, config: InternalAxiosRequestConfig) => Promise<AxiosResponse>
  /** Names the session there is. */
  readonly sessionId: string | undefined
  /** The application has been mounted: what a server rendered need not be shown any longer. */
  mounted(): void
  /** Takes everything back. */
  dispose(): void
}

/** The registered instance, and its place among its interceptors. */
export interface Registered {
  http: AxiosInstance
  connection: Connection
}

/** How an identity finds the session that there is when it is installed. */
export type Start = (identity: Identity) => void

/** Installs an identity in an application; the one place that sees every layer. */
export function installIn(
  app: App,
  options: ResolvedOptions,
  registered: Registered,
  around: Surroundings | undefined,
  start: Start = (identity) => identity.start(),
): Installation {
  const { id } = options
  const { http } = registered
  const pinia = piniaOf(app, id)
  const instances = instancesOf(app, id)
  const reporter = createReporter(app)
  const stop = new AbortController()
  const navigation = createNavigation(reporter.report)
  const settings: DispatchSettings = {
    ...options,
    attachTo: options.attachTo,
    session: () => identity.lifecycle.current.value,
    warnOnce: reporter.warnOnce,
  }
  const selfWait = process.env.NODE_ENV === 'production' ? undefined : watchForSelfWait(reporter.warnOnce)
  // A state that is there before the store was rendered by a server.
  const rendered = around && pinia.state.value[id]?.status
  const identity = createIdentity({
    ...identityParts(options, around, stop.signal, reporter, () => identity),
    ...backendInstances(registered, settings, selfWait?.asks),
    navigation,
    isHydrating: rendered !== undefined,
  })
  if (rendered !== undefined) identity.lifecycle.hydrate(rendered)
  const leave: Array<() => void> = [identity.dispose]

  /** Takes back whatever has been done so far. */
  function dispose(): void {
    stop.abort()
    for (const step of leave) step()
    pinia._s.get(id)?.$dispose()
    delete pinia.state.value[id]
    instances.delete(id)
  }

  /** Whatever of it throws, a plugin of Pinia or a router: nothing of it stays. */
  function begin(): AuthStore {
    try {
      const made = createAuthStore(identity, pinia)
      leave.push(enterRouter(app, options, identity, navigation, reporter.warn))
      start(identity)
      return made
    } catch (error) {
      dispose()
      throw error
    }
  }

  const store = begin()
  const requests: Requests = {
    ...requestHooks(options),
    identity,
    refreshAction: () => store.refresh(),
    onWait: selfWait?.waits,
    report: reporter.report,
    stop: stop.signal,
  }
  const attach: Attach = (send, config) => sendAuthorised(requests, config, send)
  instances.set(id, http)
  app.config.globalProperties.$http ??= http

  const installation: Installation = {
    store,
    send: (instance, config) => dispatch(settings, instance, config, attach),
    get sessionId() {
      return identity.lifecycle.current.value?.id
    },
    mounted: identity.lifecycle.reveal,
    dispose,
  }
  if (around) showInDevtools(app, identity, installation, stop.signal)
  return installation
}

/** Taken once, and own: what is put on a prototype later changes nothing. */
function requestHooks(options: ResolvedOptions) {
  const { backend, readTokens } = options
  return { ...options, readTokens, retries: backend.retries?.bind(backend) }
}

/**
 * Shows the identity in Vue DevTools, where they are on the page. For development alone: the condition stands around the
 * import itself, as esbuild and webpack bundle whatever a function that nobody calls would load.
 */
function showInDevtools(app: App, identity: Identity, installation: Installation, stop: AbortSignal): void {
  if (process.env.NODE_ENV !== 'production' && '__VUE_DEVTOOLS_GLOBAL_HOOK__' in globalThis) {
    void import('./devtools/connect.ts').then(({ connectDevtools }) =>
      connectDevtools({ app, identity, installation, adapterOf, stop }),
    )
  }
}

/** What tells that the page is hidden, perhaps for good; a page that comes back can be hidden again. */
function createHiding() {
  let hiding = new AbortController()
  return {
    signal: () => hiding.signal,
    hide() {
      hiding.abort()
      hiding = new AbortController()
    },
  }
}

/** What an identity is made of, but for its requests and its routes. */
function identityParts(
  options: ResolvedOptions,
  around: Surroundings | undefined,
  stop: AbortSignal,
  reporter: Reporter,
  identity: () => Identity,
) {
  const hiding = createHiding()
  const homes = homesOf(options, around, stop, reporter, {
    onChange: (...news) => identity().listener.onChange(...news),
    onCleared: (home) => identity().listener.onCleared(home),
    onWake: () => identity().listener.onWake(),
    onHide: hiding.hide,
  })
  return {
    ...options,
    homes,
    stop,
    hidden: hiding.signal,
    hasPage: around !== undefined,
    report: reporter.report,
    explain: process.env.NODE_ENV === 'production' ? undefined : explainOnce(reporter.warn),
  }
}

/** Where the sessions of an identity are kept. */
function homesOf(
  { id, backend, crossTab, refreshTimeout, storage }: ResolvedOptions,
  around: Surroundings | undefined,
  stop: AbortSignal,
  { report, warn }: Reporter,
  listener: Omit<HomeListener, 'report'>,
): Homes {
  const isResumable = Boolean(backend.resumable)
  const onMissing = once(() =>
    warn(
      'There are no Web Locks here (plain http?): two tabs that refresh at the same moment may lose the session.',
    ),
  )
  return createHomes({
    key: `vue-auth-axios:${id}`,
    areas: storageAreas(storage, { around, isResumable, crossTab, warn }),
    isResumable,
    page: around?.page ?? new EventTarget(),
    isFollowing: crossTab,
    locks: crossTab && around ? createTabLocks(around.locks, onMissing) : undefined,
    bounds: { timeout: refreshTimeout, stop },
    listener: {
      ...listener,
      report: (error, secrets) =>
        report(safeCause(error, [secrets?.tokens?.accessToken, secrets?.tokens?.refreshToken])),
    },
  })
}

/** The instances that a backend works with. */
function backendInstances(
  { http, connection }: Registered,
  settings: DispatchSettings,
  onRefresh: (() => void) | undefined,
) {
  return {
    http,
    withTokens(tokens: AuthTokens | null): AxiosInstance {
      const copy = unconnectedCopy(http, connection)
      connect(copy, (config) => dispatch(settings, copy, config, async (send) => deliver(await send(tokens))))
      return copy
    },
    /** With one that signs out tokens, or holds back what has not left before the session was over. */
    backendContext(signal: AbortSignal, { tokens, over }: BackendRequest = {}): BackendContext {
      if (over) onRefresh?.()
      const bare = bareInstance(http)
      const signOut = (config: InternalAxiosRequestConfig) =>
        dispatch(settings, bare, config, async (send) => deliver(await send(tokens ?? null)))
      const unlessOver = async (config: InternalAxiosRequestConfig) => {
        if (over?.aborted) throw new CanceledError(undefined, config)
        return adapterOf(config)(config)
      }
      if (tokens || over) connect(bare, tokens ? signOut : unlessOver)
      return { http: bare, signal }
    },
  }
}

/** Guards the routes as soon as there is a router. Returns what ends that. */
function enterRouter(
  app: App,
  options: ResolvedOptions,
  identity: Identity,
  navigation: ReturnType<typeof createNavigation>,
  warn: Reporter['warn'],
): () => void {
  const leave: Array<() => void> = []
  const end = () => {
    for (const step of leave) step()
  }
  function enter(router: Router): void {
    const routes = authRoutesOf(router, options)
    leave.push(navigation.use(router, routes))
    leave.push(guardRoutes(router, guardedSession(identity), { routes, navigation }))
    leave.push(expectIdentities(router, options.id, warn))
  }
  try {
    leave.push(findRouter(app, options.router, enter))
  } catch (error) {
    end()
    throw error
  }
  return end
}

/** The session as guards see it. */
function guardedSession({ lifecycle, restore, tabs, users }: Identity): GuardedSession {
  return {
    get current() {
      return lifecycle.current.value
    },
    get user() {
      return lifecycle.knownUser
    },
    get hydrated() {
      return lifecycle.hydrating
    },
    ready: restore.again,
    look: () => void tabs.look(),
    userLoaded: users.loaded,
    userSettled: users.settled,
  }
}

function piniaOf(app: App, id: string): Pinia {
  const pinia: Pinia | undefined = app.config.globalProperties.$pinia
  if (!pinia)
    throw new Error('vue-auth-axios keeps its session in Pinia. Call app.use(createPinia()) before it.')
  if (pinia._s.has(id)) {
    throw new Error(
      `This Pinia already has a store "${id}". Give the identity another name: createAuthAxios({ id: "…" }).`,
    )
  }
  return pinia
}

function instancesOf(app: App, id: string): Map<string, AxiosInstance> {
  const known = app.runWithContext(() => inject(instancesKey, null))
  if (known?.has(id)) {
    throw new Error(
      `The identity "${id}" is already installed in this application. Give the second one another id.`,
    )
  }
  const instances = known ?? new Map<string, AxiosInstance>()
  if (!known) app.provide(instancesKey, instances)
  return instances
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (!done) action()
    done = true
  }
}
