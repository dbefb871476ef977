import axios, { type AxiosInstance } from 'axios'
import type { Pinia } from 'pinia'
import type { App, Plugin } from 'vue'
import { resolveOptions } from './defaults.ts'
import { type Surroundings, surroundings } from './environment.ts'
import { type Connection, connect } from './http/connect.ts'
import { type Owner, leave, take } from './http/owner.ts'
import { type Installation, type Start, installIn } from './installation.ts'
import type { AuthAxiosOptions } from './options.ts'
import { type AuthStore, storeOf } from './store/auth-store.ts'

/** An axios instance with a session, made ahead of the application it will be installed in. */
export interface AuthAxios {
  /** The registered instance. */
  readonly http: AxiosInstance
  /**
   * Installs it; `app.use(auth)` does the same.
   *
   * @throws Error where Pinia is missing, the id is taken, or another application still has it
   */
  install(app: App): void
  /** Puts a further instance (another service, another base URL) under the same session. */
  attach(instance: AxiosInstance): AxiosInstance
  /** Gives its store, once it is installed. */
  useStore(pinia?: Pinia): AuthStore
}

/**
 * Makes the plugin ahead of the application, for modules that need the instance outside components, and for a second
 * identity.
 *
 * @example
 * ```ts
 * export const auth = createAuthAxios({ axios: { baseURL: '/api' } })
 * createApp(App).use(createPinia()).use(auth)
 * ```
 */
export function createAuthAxios(options: AuthAxiosOptions = {}): AuthAxios {
  return createIn(surroundings(), options)
}

const NO_APPLICATION =
  'This axios instance has no application yet. Call app.use(authAxios) before sending, or send with `withAuth: false`.'

const OTHER_APPLICATION =
  'This AuthAxios is installed in another application. Make one for each: createAuthAxios() in the app factory.'

/** What the package itself may say besides. */
export interface InternalOptions extends AuthAxiosOptions {
  /** Settles when the page is hydrated, where that takes longer than the mount: in a `<Suspense>` around all of it. */
  hydrated?: PromiseLike<unknown>
}

/**
 * The same for a page that is not the one this module runs in, such as one of several simulated tabs.
 *
 * @param start looks for the session of the visitor in another way than that of a page that was loaded
 */
export function createIn(
  around: Surroundings | undefined,
  options: InternalOptions,
  start?: Start,
): AuthAxios {
  const resolved = resolveOptions(options, around !== undefined)
  const http = typeof resolved.axios === 'function' ? resolved.axios : axios.create(resolved.axios)
  const attached = new Set<AxiosInstance>()
  const connections = new Map<AxiosInstance, Connection>()
  const useStore = storeOf(resolved.id)
  const owner: Owner = {
    isLive: false,
    get sessionId() {
      return installation?.sessionId
    },
    disconnect(instance) {
      connections.get(instance)?.close()
      connections.delete(instance)
    },
  }
  let installation: Installation | null = null

  function connected(instance: AxiosInstance): Connection {
    const known = connections.get(instance)
    if (known) return known
    take(instance, owner)
    const connection = connect(instance, (config) => {
      if (installation) return installation.send(instance, config)
      throw new Error(NO_APPLICATION)
    })
    connections.set(instance, connection)
    return connection
  }

  function attach(instance: AxiosInstance): AxiosInstance {
    connected(instance)
    attached.add(instance)
    return instance
  }

  function release(): void {
    owner.isLive = false
    installation?.dispose()
    installation = null
    for (const instance of connections.keys()) {
      owner.disconnect(instance)
      leave(instance, owner)
    }
  }

  /** All or nothing: what fails on the way leaves nothing behind. */
  function installAll(app: App): void {
    try {
      for (const instance of attached) connected(instance)
      installation = installIn(app, resolved, { http, connection: connected(http) }, around, start)
      owner.isLive = true
    } catch (error) {
      release()
      throw error
    }
  }

  return {
    http: attach(http),
    attach,
    useStore: (pinia) => (pinia || !installation ? useStore(pinia) : installation.store),
    install(app) {
      if (installation) throw new Error(OTHER_APPLICATION)
      installAll(app)
      app.onUnmount(release)
      aroundMount(app, {
        before: () => installation ?? installAll(app),
        after: () => whenHydrated(options, () => installation?.mounted()),
        failed: release,
      })
    },
  }
}

function whenHydrated({ hydrated }: InternalOptions, action: () => void): void {
  if (hydrated) void hydrated.then(action)
  else action()
}

/** What surrounds the mount of an application. */
interface MountHooks {
  before(): void
  after(): void
  failed(): void
}

/** Calls around the mount of an application; one that fails may be tried again. */
function aroundMount(app: App, { before, after, failed }: MountHooks): void {
  const { mount } = app
  app.mount = (...args) => {
    before()
    try {
      const root = mount(...args)
      app.mount = mount
      after()
      return root
    } catch (error) {
      failed()
      throw error
    }
  }
}

/**
 * The plugin: `app.use(authAxios)`, or `app.use(authAxios, options)`.
 *
 * @example
 * ```ts
 * createApp(App).use(createPinia()).use(router).use(authAxios, { axios: { baseURL: '/api' } })
 * ```
 */
export const authAxios: Plugin<[options?: AuthAxiosOptions]> = {
  install: (app, options) => createAuthAxios(options).install(app),
}
