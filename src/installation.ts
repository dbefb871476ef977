import type { AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import type { Pinia } from 'pinia'
import { type App, inject } from 'vue'
import type { ResolvedOptions } from './defaults.ts'
import type { Surroundings } from './environment.ts'
import { type Requests, sendAuthorised } from './http/authorised.ts'
import { type Connection, connect } from './http/connect.ts'
import { type DispatchSettings, dispatch } from './http/dispatch.ts'
import { bareInstance, unconnectedCopy } from './http/instances.ts'
import { deliver } from './http/send.ts'
import { instancesKey } from './injection.ts'
import { createReporter } from './reporter.ts'
import { findRouter } from './router/find-router.ts'
import { guardRoutes } from './router/guard.ts'
import { createNavigation } from './router/navigation.ts'
import { placesOf } from './router/places.ts'
import { storageAreas } from './storage/areas.ts'
import { createVault } from './storage/vault.ts'
import { type AuthStore, createAuthStore } from './store/auth-store.ts'
import { safeCause } from './session/cause.ts'
import { createIdentity } from './session/identity.ts'
import { linkTabs } from './tabs/links.ts'
import type { AuthTokens } from './types.ts'

/** An identity at work in one application. */
export interface Installation {
  readonly store: AuthStore
  /** Sends a request of an instance under the session. */
  send(instance: AxiosInstance, config: InternalAxiosRequestConfig): Promise<AxiosResponse>
  /** Takes everything back. */
  dispose(): void
}

/** The registered instance, and its place among its interceptors. */
export interface Registered {
  http: AxiosInstance
  connection: Connection
}

/** Installs an identity in an application; the one place that sees every layer. */
export function installIn(
  app: App,
  options: ResolvedOptions,
  { http, connection }: Registered,
  around: Surroundings | undefined,
): Installation {
  const { id, backend, crossTab, refreshTimeout, storage } = options
  const pinia = piniaOf(app, id)
  const instances = instancesOf(app, id)
  const { report, warn, warnOnce } = createReporter(app)
  const stop = new AbortController()

  const navigation = createNavigation(report)
  const settings: DispatchSettings = {
    ...options,
    attachTo: options.attachTo,
    session: () => identity.lifecycle.current.value,
    warnOnce,
  }

  function withTokens(tokens: AuthTokens): AxiosInstance {
    const copy = unconnectedCopy(http, connection)
    connect(copy, (config) => dispatch(settings, copy, config, async (send) => deliver(await send(tokens))))
    return copy
  }

  const areas = storageAreas(storage, around, warn)
  const hasCompany = crossTab && (areas.lasting || backend.resumable)
  const onMissing = once(() =>
    warn(
      'There are no Web Locks here (plain http?): two tabs that refresh at the same moment may lose the session.',
    ),
  )
  const bounds = { timeout: refreshTimeout, stop: stop.signal }
  // A state that is there before the store was rendered by a server.
  const isHydrating = id in pinia.state.value && around !== undefined
  const identity = createIdentity({
    ...options,
    http,
    withTokens,
    backendContext: (signal) => ({ http: bareInstance(http), signal }),
    vault: createVault({
      key: id,
      areas,
      bounds,
      report: (error, secrets) => report(safeCause(error, secrets)),
    }),
    links: around && hasCompany ? linkTabs(around, { key: id, storage: areas.page, onMissing }) : undefined,
    navigation,
    stop: stop.signal,
    isHydrating,
    report,
  })
  if (isHydrating) onMount(app, identity.lifecycle.reveal)
  const store = createAuthStore(identity, pinia)
  const requests: Requests = {
    ...options,
    identity,
    refreshAction: () => store.refresh(),
    report,
    stop: stop.signal,
    waits: new Map(),
  }

  let leaveRouter: Array<() => void> = []
  findRouter(app, options.router, (router) => {
    const places = placesOf(router, options)
    leaveRouter = [
      navigation.use(router, places),
      guardRoutes(router, identity, { places, navigation, forbiddenRoute: options.forbiddenRoute }),
    ]
  })

  instances.set(id, http)
  app.config.globalProperties.$http ??= http

  return {
    store,
    send: (instance, config) =>
      dispatch(settings, instance, config, (send) => sendAuthorised(requests, config, send)),
    dispose() {
      stop.abort()
      identity.dispose()
      for (const leave of leaveRouter) leave()
      store.$dispose()
      delete pinia.state.value[id]
      instances.delete(id)
    },
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

/** Calls once an application has been mounted. */
function onMount(app: App, call: () => void): void {
  const { mount } = app
  app.mount = (...args) => {
    app.mount = mount
    const root = mount(...args)
    call()
    return root
  }
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (!done) action()
    done = true
  }
}
