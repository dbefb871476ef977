import type { AxiosAdapter, AxiosInstance } from 'axios'
import { vi } from 'vitest'
import { watch } from 'vue'
import type { AuthBackend, AuthStore } from '../../../src/index.ts'
import { type Harness, install } from '../../support/app.ts'
import type { Disk } from './disk.ts'
import type { Invariants } from './invariants.ts'
import { instanceOn } from './wire.ts'

/** What a visit is made of. */
export interface VisitSettings {
  readonly adapter: AxiosAdapter
  readonly backend: AuthBackend
  readonly disk: Disk
  readonly refreshTimeout: number
  readonly invariants: Invariants
  /** Is called in `onSessionEnd`, and before the store's action `refresh`. */
  readonly hook: () => void
}

/** One installation of the library: an application, from its mount to its unmount. */
export class Visit {
  readonly #adapter: AxiosAdapter
  readonly #invariants: Invariants
  readonly #harness: Harness
  readonly #instances: AxiosInstance[]
  readonly #stops: Array<() => void>

  constructor({ adapter, backend, disk, refreshTimeout, invariants, hook }: VisitSettings) {
    this.#adapter = adapter
    this.#invariants = invariants
    const http = countInterceptions(instanceOn(adapter, 1))
    this.#instances = [http]
    this.#harness = install(
      {
        axios: http,
        backend,
        storage: disk,
        refreshTimeout,
        onSessionEnd(reason) {
          invariants.sessionEnded(reason)
          hook()
        },
      },
      (app) => {
        app.config.errorHandler = (error) => invariants.reported(error)
      },
    )
    const { store } = this
    const flush = 'sync'
    this.#stops = [
      watch(
        () => store.tokens,
        (tokens) => invariants.seen(tokens),
        { flush, immediate: true },
      ),
      watch(
        () => store.isRefreshing,
        (is) => invariants.refreshes.refreshing(is),
        { flush },
      ),
      store.$onAction(({ name }) => {
        if (name === 'refresh') hook()
      }),
    ]
  }

  get store(): AuthStore {
    return this.#harness.store
  }

  /** One of the instances, whatever the number. */
  instance(pick: number): AxiosInstance {
    return this.#instances[pick % this.#instances.length] ?? this.#harness.auth.http
  }

  /** Puts a further instance under the session. */
  attach(): void {
    const instance = countInterceptions(instanceOn(this.#adapter, 2))
    this.#instances.push(this.#harness.auth.attach(instance))
  }

  unmount(): void {
    this.#invariants.closing(this.store)
    for (const stop of this.#stops) stop()
    this.#harness.app.unmount()
  }

  /** What is there that an unmounted application should not leave. */
  get leftovers(): string[] {
    const timers = vi.getTimerCount()
    const isConnected = this.#instances.some((instance) => interceptorsOf(instance) > 1)
    return [...(timers > 0 ? [`${timers} timers`] : []), ...(isConnected ? ['an interceptor'] : [])]
  }
}

/** Gives an instance an interceptor of the application's own, which leaves a trace that a second run would change. */
function countInterceptions(instance: AxiosInstance): AxiosInstance {
  let runs = 0
  instance.interceptors.request.use((config) => {
    if (config.headers.has('x-request')) config.headers.set('x-run', String(++runs))
    return config
  })
  return instance
}

const interceptorsOf = ({ interceptors: { request, response } }: AxiosInstance) =>
  [...(request.handlers ?? []), ...(response.handlers ?? [])].filter(Boolean).length
