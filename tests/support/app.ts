import { type Pinia, createPinia } from 'pinia'
import { type App, createRenderer } from 'vue'
import { type AuthAxios, type AuthAxiosOptions, type AuthStore, createAuthAxios } from '../../src/index.ts'

const nothing = () => {}

/** Renders into nothing, so that an application can be mounted and unmounted without a page. */
const { createApp } = createRenderer<object, object>({
  patchProp: nothing,
  insert: nothing,
  remove: nothing,
  createElement: () => ({}),
  createText: () => ({}),
  createComment: () => ({}),
  setText: nothing,
  setElementText: nothing,
  parentNode: () => null,
  nextSibling: () => null,
})

/** An empty application, mounted by hand. */
export const emptyApp = (): App<object> => createApp({ render: () => null })

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
  prepare: (app: App<object>) => void = nothing,
): Harness {
  const app = emptyApp()
  const pinia = createPinia()
  app.use(pinia)
  prepare(app)
  const auth = createAuthAxios(options)
  app.use(auth)
  app.mount({})
  return { app, pinia, auth, store: auth.useStore() }
}
