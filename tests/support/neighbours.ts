import axios from 'axios'
import type { Pinia } from 'pinia'
import { expect, onTestFinished, test } from 'vitest'
import { type App, type EffectScope, effectScope } from 'vue'
import { type AuthAxiosOptions, type AuthError, isAuthError } from '../../src/index.ts'
import { clientOf } from './client-of.ts'
import { type Gate, gate } from './gate.ts'
import { failure, outcomes, times } from './outcomes.ts'
import type { StrictServer } from './strict-server.ts'
import { type Client, signIn, startServer } from './world.ts'

/** How an application reads a path by way of a package. Resolves with the body, rejects with the error of the request. */
export type Ask = (path: string, signal?: AbortSignal) => PromiseLike<unknown>

/** A package beside the library, as its recipe says. */
export interface Neighbour {
  /** Options that the recipe needs. */
  options?: AuthAxiosOptions
  /** In the place of a plain one. */
  pinia?(): Pinia
  /** Goes on before the library. */
  prepare?(app: App<object>): void
  /** Puts the package in place, for a session that has begun. */
  arrange(client: Client): Ask | Promise<Ask>
  /** Whether an error is the package's word for an abort; axios' own by default. */
  isAbort?(error: unknown): boolean
}

/** Somebody signed in, whose access token has died, and whose refresh waits for the test. */
export interface Visit {
  server: StrictServer
  client: Client
  ask: Ask
  refreshing: Gate
}

/** Begins a visit. */
export async function visitWith({ options, pinia, prepare, arrange }: Neighbour): Promise<Visit> {
  const server = await startServer()
  const client = await signIn(server, clientOf(server, { storage: 'memory', ...options }), prepare, pinia?.())
  const ask = await arrange(client)
  const refreshing = gate()
  server.hold = ({ path }) => (path === '/auth/refresh' ? refreshing.passed : undefined)
  server.expire()
  return { server, client, ask, refreshing }
}

/** What the server answers at a path. */
const itemOf = (n: number, session = 1) => ({ path: `/items/${n}`, session })

/** What every application needs of a package that stands beside the library. */
export function getsAlong(neighbour: Neighbour): void {
  const { isAbort = axios.isCancel } = neighbour

  test('expiry: twenty requests at once cost one refresh, and all are answered', async () => {
    const { server, ask, refreshing } = await visitWith(neighbour)
    refreshing.open()

    const answers = await Promise.all(times(20, (n) => ask(`/items/${n}`)))

    expect(answers).toEqual(times(20, (n) => itemOf(n)))
    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect(server.reuses).toBe(0)
  })

  test('abort: one that waits ends at once, and the others go on', async () => {
    const { server, ask, refreshing } = await visitWith(neighbour)
    const controller = new AbortController()
    const asked = times(5, (n) => ask(`/items/${n}`, n === 2 ? controller.signal : undefined))
    await server.arrived('/auth/refresh')
    await server.arrived('/items', 5)

    controller.abort()

    expect(await failure(asked[2]!)).toSatisfy(isAbort)
    refreshing.open()
    const others = asked.filter((_, n) => n !== 2)
    expect(await Promise.all(others)).toEqual([0, 1, 3, 4].map((n) => itemOf(n)))
    expect(server.to('/auth/refresh')).toHaveLength(1)
    expect(server.to('/items/2')).toHaveLength(1)
  })

  test('logout: what waits is rejected, and nothing is sent after it', async () => {
    const { server, client, ask, refreshing } = await visitWith(neighbour)
    const asked = outcomes(times(3, (n) => ask(`/items/${n}`)))
    await server.arrived('/auth/refresh')
    await server.arrived('/items', 3)

    const leaving = client.store.logout({ redirect: false })

    const { errors } = await asked
    refreshing.open()
    await leaving
    expect(errors.filter(isAuthError)).toHaveLength(3)
    expect((errors as AuthError[]).map(({ code }) => code)).toEqual(Array(3).fill('ERR_AUTH_SESSION_CHANGED'))
    expect(server.to('/items')).toHaveLength(3)
  })

  test('another user: nothing of the last one is sent or shown again', async () => {
    const { server, client, ask, refreshing } = await visitWith(neighbour)
    refreshing.open()
    expect(await ask('/items/1')).toEqual(itemOf(1, 1))
    server.expire()
    const held = gate()
    server.hold = ({ path }) => (path === '/auth/refresh' ? held.passed : undefined)
    const asked = outcomes(times(3, (n) => ask(`/items/1${n}`)))
    await server.arrived('/auth/refresh', 2)

    await client.store.setTokens(server.grant())

    const { errors } = await asked
    held.open()
    expect(errors.filter(isAuthError)).toHaveLength(3)
    expect(await ask('/items/1')).toEqual(itemOf(1, 2))
    expect(await ask('/items/11')).toEqual(itemOf(11, 2))
    const withTheirs = server.to('/items').filter(({ authorization }) => authorization === 'Bearer AT-2-1')
    expect(withTheirs.map(({ path }) => path)).toEqual(['/items/1', '/items/11'])
  })
}

/** Calls a composable as a component of an application would, until the test is over. */
export function inScope<T>(app: App<object>, setup: () => T): T {
  const scope: EffectScope = effectScope(true)
  onTestFinished(() => scope.stop())
  return app.runWithContext(() => scope.run(setup) as T)
}
