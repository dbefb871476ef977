import { type Pinia, createPinia } from 'pinia'
import type { App } from 'vue'
import { type AuthAxios, type AuthAxiosOptions, type AuthStore, createAuthAxios } from '../../src/index.ts'
import { emptyApp } from './empty-app.ts'

/** An application with an identity in it. */
export interface Harness {
  app: App<object>
  pinia: Pinia
  auth: AuthAxios
  store: AuthStore
}

/** Installs the library in an application of its own, and mounts it. */
export function install(
  options: AuthAxiosOptions = {},
  prepare: (app: App<object>) => void = () => {},
  pinia: Pinia = createPinia(),
): Harness {
  const app = emptyApp()
  app.use(pinia)
  prepare(app)
  const auth = createAuthAxios(options)
  app.use(auth)
  app.mount({})
  return { app, pinia, auth, store: auth.useStore() }
}
