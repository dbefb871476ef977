import { createPinia } from 'pinia'
import { onTestFinished } from 'vitest'
import type { Plugin } from 'vue'
import {
  type NavigationFailure,
  type RouteRecordRaw,
  type Router,
  type RouterHistory,
  createMemoryHistory,
  createRouter,
} from 'vue-router'
import { type AuthAxios, type AuthAxiosOptions, createAuthAxios } from '../../src/index.ts'
import { type Harness } from './app.ts'
import { clientOf } from './client-of.ts'
import { emptyApp } from './empty-app.ts'
import type { StrictServer } from './strict-server.ts'

/** A page with nothing on it. */
export const page = { render: () => null }

/** One route of every kind. */
export const routes: RouteRecordRaw[] = [
  { path: '/', component: page },
  { path: '/login', component: page, meta: { auth: 'guest' } },
  { path: '/public', component: page, meta: { auth: false } },
  { path: '/open', component: page },
  { path: '/secret', component: page, meta: { auth: true } },
  { path: '/secret/:id', name: 'item', component: page, meta: { auth: true } },
]

/** Puts further routes before those there are, so that they win. */
export const withRoutes = (...more: RouteRecordRaw[]): RouteRecordRaw[] => [...more, ...routes]

/** How an application is put together. */
export interface Layout {
  routes?: RouteRecordRaw[]
  history?: RouterHistory
  /** What is installed after Pinia, in order: the router, then the library, unless told otherwise. */
  plugins?: (router: Router, auth: AuthAxios) => Plugin[]
}

/** Somebody who visits an application with a router. */
export interface Visitor extends Harness {
  router: Router
  /** Settles with the first navigation. */
  arrival: Promise<NavigationFailure | void | undefined>
  /** Every location that was shown, in order. */
  seen: string[]
  /** The location that is shown. */
  at(): string
  /** Goes through the history, one page back unless told otherwise; resolves with what is shown then. */
  back(delta?: number): Promise<string>
}

/** A navigation that goes round in circles never gives the test its turn back. */
const LONGEST_CHAIN = 40

/** Comes to an application by a path. */
export function enter(
  path: string,
  options: AuthAxiosOptions | ((router: Router) => AuthAxiosOptions) = {},
  { routes: records = routes, history = createMemoryHistory(), plugins = inOrder }: Layout = {},
): Visitor {
  history.replace(path)
  const router = createRouter({ history, routes: records })
  const seen = watch(router)
  const auth = createAuthAxios(typeof options === 'function' ? options(router) : options)
  const app = emptyApp()
  const pinia = createPinia()
  app.use(pinia)
  for (const plugin of plugins(router, auth)) app.use(plugin)
  app.mount({})
  onTestFinished(() => {
    app.unmount()
    history.destroy()
  })
  // In a page the router has set out by itself.
  const arrival = typeof document === 'undefined' ? router.push(path) : router.isReady()
  const at = () => router.currentRoute.value.fullPath

  async function back(delta = -1): Promise<string> {
    await settles(router, () => router.go(delta))
    return at()
  }

  return { app, pinia, auth, store: auth.useStore(), router, arrival, seen, at, back }
}

/** Comes to an application by a path, and waits for the first page. */
export async function arrive(...how: Parameters<typeof enter>): Promise<Visitor> {
  const visitor = enter(...how)
  await visitor.arrival
  return visitor
}

/** Comes to an application by a path, as somebody with a session whom the first page did not ask for one. */
export async function signedIn(
  server: StrictServer,
  path: string,
  options: AuthAxiosOptions = {},
  layout: Layout = {},
): Promise<Visitor> {
  const visitor = await arrive(path, clientOf(server, options), layout)
  await visitor.store.ready()
  await visitor.store.setTokens(server.grant())
  return visitor
}

/** Does something that leads to a navigation, and waits for its end, good or bad. */
export async function settles(router: Router, action: () => unknown): Promise<void> {
  let remove: (() => void) | undefined
  const settled = new Promise<void>((resolve) => (remove = router.afterEach(() => resolve())))
  await Promise.all([action(), settled])
  remove?.()
}

/** Lets everything happen that needs no clock and no network. */
export async function calm(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve))
}

const inOrder = (router: Router, auth: AuthAxios): Plugin[] => [router, auth]

function watch(router: Router): string[] {
  const seen: string[] = []
  let length = 0
  router.beforeEach((to) => {
    length += 1
    if (length > LONGEST_CHAIN) throw new Error(`The navigation to ${to.fullPath} goes round in circles.`)
  })
  router.afterEach((to, _from, failure) => {
    length = 0
    if (!failure) seen.push(to.fullPath)
  })
  return seen
}
