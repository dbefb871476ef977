import { type VueWrapper, mount } from '@vue/test-utils'
import { type Pinia, createPinia } from 'pinia'
import { onTestFinished } from 'vitest'
import type { Component, Plugin } from 'vue'
import { type RouteRecordRaw, type Router, createMemoryHistory, createRouter } from 'vue-router'
import {
  type AuthAxios,
  type AuthAxiosOptions,
  type AuthStore,
  createAuthAxios,
  httpBackend,
} from '../../src/index.ts'

/** What a component is mounted in. */
export interface MountSettings {
  props?: Record<string, unknown>
  /** Options besides those of every test, or an identity that the test has made. */
  auth?: AuthAxiosOptions | AuthAxios
  pinia?: Pinia
  /** Go on after Pinia and the library. */
  plugins?: Plugin[]
  mocks?: Record<string, unknown>
}

/** A component in an application of its own, in a page. */
export interface MountedApp {
  wrapper: VueWrapper
  pinia: Pinia
  auth: AuthAxios
  store: AuthStore
  /** What the visitor reads on the page. */
  text(): string
  /** Presses a button. */
  press(label: string): Promise<void>
  /** Takes the application away; at the end of the test it goes by itself. */
  unmount(): void
}

/** The identity of an application that uses the mocked API. */
export const appAuth = (options: AuthAxiosOptions = {}): AuthAxios =>
  createAuthAxios({ axios: { baseURL: '/api' }, backend: httpBackend({ user: '/auth/me' }), ...options })

/** Mounts a component as an application would, in the page of the test. */
export function mountApp(component: Component, settings: MountSettings = {}): MountedApp {
  const { props = {}, pinia = createPinia(), auth: given, plugins = [], mocks = {} } = settings
  const auth = given && 'install' in given ? given : appAuth(given)
  const wrapper = mount(component, {
    props,
    attachTo: document.body,
    global: { plugins: [pinia, auth, ...plugins], mocks },
  })
  const unmount = once(() => wrapper.unmount())
  onTestFinished(unmount)

  const text = () => document.body.innerText.replace(/\s+/g, ' ').trim()

  async function press(label: string): Promise<void> {
    const button = wrapper.findAll('button').find((found) => found.text() === label)
    if (!button) throw new Error(`There is no button "${label}" in ${wrapper.html()}`)
    await button.trigger('click')
  }

  return { wrapper, pinia, auth, store: auth.useStore(), text, press, unmount }
}

/** A component in an application with pages. */
export interface RoutedApp extends MountedApp {
  router: Router
  /** The location that is shown. */
  at(): string
}

/** Mounts a component as an application with a router would, at a path, and waits for the page to be shown. */
export async function mountRouted(
  component: Component,
  { routes, path, ...settings }: MountSettings & { routes: RouteRecordRaw[]; path: string },
): Promise<RoutedApp> {
  const history = createMemoryHistory()
  history.replace(path)
  const router = createRouter({ history, routes })
  const app = mountApp(component, { ...settings, plugins: [router, ...(settings.plugins ?? [])] })
  await router.isReady()
  return { ...app, router, at: () => router.currentRoute.value.fullPath }
}

function once(action: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) action()
    isDone = true
  }
}
