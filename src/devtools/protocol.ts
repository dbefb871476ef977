import type { setupDevToolsPlugin } from '@vue/devtools-api'
import type { App } from 'vue'

type Setup = Parameters<typeof setupDevToolsPlugin>

/** What a plugin is told to work with; the types are those of `@vue/devtools-api`. */
export type DevtoolsApi = Parameters<Setup[1]>[0]

/** What Vue DevTools leave on the page, the browser extension and the Vite plugin alike. */
interface GlobalHook {
  emit(event: 'devtools-plugin:setup', descriptor: Setup[0], setup: Setup[1]): void
}

/** How many plugins there have been on this page. */
let count = 0

/**
 * The id of a plugin, and of all it adds. Devtools never forget one: what has come after another application, or beside it,
 * would else be shown with the actions of the first.
 */
export const nextPluginId = (id: string): string =>
  ++count === 1 ? `vue-auth-axios:${id}` : `vue-auth-axios:${id}:${count}`

/** What it is called: most applications have one identity. */
export const labelOf = (id: string): string => (id === 'authAxios' ? 'Auth' : `Auth (${id})`)

/**
 * Adds a plugin to Vue DevTools, as `setupDevToolsPlugin` of `@vue/devtools-api` does: the package itself would have to
 * be installed by every application, or no bundler could resolve it.
 */
export function setupPlugin(
  { app, id, label }: { app: App; id: string; label: string },
  setup: (api: DevtoolsApi) => void,
): void {
  const { __VUE_DEVTOOLS_GLOBAL_HOOK__: hook } = globalThis as {
    __VUE_DEVTOOLS_GLOBAL_HOOK__?: GlobalHook
  }
  const descriptor = {
    id,
    label,
    packageName: 'vue-auth-axios',
    enableEarlyProxy: true,
    app,
  }
  hook?.emit('devtools-plugin:setup', descriptor, setup as Setup[1])
}
