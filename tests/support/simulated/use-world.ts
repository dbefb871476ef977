import { onTestFinished, vi } from 'vitest'
import { type Router, createMemoryHistory, createRouter } from 'vue-router'
import type { AuthAxiosOptions } from '../../../src/index.ts'
import { elapse, settled, startFakeTime, uptime } from '../fake-time.ts'
import { routes } from '../visitor.ts'
import type { OpenTab } from './browser.ts'
import { TabWorld, type Visit, type WorldSettings, isCookie } from './world.ts'

/** A tab of an application with a router. */
export interface RoutedVisit extends Visit {
  readonly router: Router
  /** The location that is shown. */
  at(): string
}

/** Within this time, in ms, what happens in one tab has reached every other one. */
export const NEWS = 100

/** The browser of the current test, in fake time. */
export function useWorld(settings: WorldSettings = {}): TabWorld {
  startFakeTime()
  const world = new TabWorld(settings)
  onTestFinished(() => {
    for (const { app } of world.visits) app.unmount()
    vi.useRealTimers()
  })
  return world
}

/** What a promise comes to, good or bad; nobody has to wait for it. */
export const ending = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => error)

/** Lets time pass until a promise settles. */
export async function inTime<T>(promise: Promise<T>, limit = 10 * 60_000): Promise<T> {
  const state = { isOpen: true }
  const close = () => (state.isOpen = false)
  promise.then(close, close)
  const end = uptime() + limit
  await settled()
  while (state.isOpen) {
    if (uptime() > end || vi.getTimerCount() === 0) throw new Error('The promise does not settle.')
    vi.advanceTimersToNextTimer()
    await settled()
  }
  return promise
}

/** Opens some tabs, and waits until they know whether there is a session. */
export async function openTabs(
  world: TabWorld,
  count: number,
  options: AuthAxiosOptions = {},
): Promise<[Visit, Visit, ...Visit[]]> {
  const visits = Array.from({ length: count }, () => world.open(options))
  await elapse(NEWS)
  return visits as [Visit, Visit, ...Visit[]]
}

/** Signs in in one tab, and waits until all have heard. The tokens are `AT-1-1` and `RT-1-1` at first. */
export async function signIn(world: TabWorld, { store }: Visit, name = 'ada'): Promise<void> {
  const done = isCookie(world.keeper)
    ? store.login({ name, login: 'let in', user: 'known' }, { redirect: false })
    : store.setTokens(world.server.grant(name))
  await inTime(done)
  await elapse(NEWS)
}

/** Opens some tabs with a session. */
export async function openSignedIn(
  world: TabWorld,
  count: number,
  options: AuthAxiosOptions = {},
): Promise<[Visit, Visit, ...Visit[]]> {
  const visits = await openTabs(world, count, options)
  await signIn(world, visits[0])
  return visits
}

/** Opens a tab at a path of an application with a router. */
export async function openAt(
  world: TabWorld,
  path: string,
  options: AuthAxiosOptions = {},
  opener?: OpenTab,
): Promise<RoutedVisit> {
  const router = createRouter({ history: createMemoryHistory(), routes })
  const visit = world.open(options, (app) => app.use(router), opener)
  void router.push(path)
  await elapse(NEWS)
  return { ...visit, router, at: () => router.currentRoute.value.fullPath }
}
