/** As much of Nuxt and Nitro as the runtime uses, in words of its own: an app without Nuxt does not install it. */
declare module '#imports' {
  /** The Nuxt app of one request, or of the page. */
  interface NuxtApp {
    readonly vueApp: import('vue').App
    readonly $router: import('vue-router').Router
    readonly ssrContext?: Record<string, unknown> & { url: string }
    readonly payload: Record<string, unknown> & {
      serverRendered?: boolean
      _errors: Record<string, unknown>
    }
    readonly hooks: { hookOnce(name: string, hook: () => unknown): () => void }
    hook(name: string, hook: () => unknown): () => void
    runWithContext<T>(work: () => T): T
  }
  /** A request to the server. */
  interface ServerEvent {
    readonly path: string
    readonly node: { req: object }
    readonly context: Record<string, unknown>
    fetch(path: string, init?: { headers?: Record<string, string> }): Promise<Response>
  }
  interface NitroApp {
    hooks: { hook(name: 'request', hook: (event: ServerEvent) => void): void }
  }
  interface RuntimeConfig {
    app: { baseURL: string }
    authAxios: { serverBaseURL: string }
    public: { authAxios: import('../options.ts').PublicSettings }
  }
  function defineNuxtPlugin(plugin: {
    name: string
    dependsOn: string[]
    setup(nuxtApp: NuxtApp): unknown
  }): unknown
  function useRuntimeConfig(event?: ServerEvent): RuntimeConfig
  function useRequestEvent(): ServerEvent
  function useCookie(
    name: string,
    options: Record<string, unknown>,
  ): import('vue').Ref<string | null | undefined>
  function navigateTo(path: string): unknown
  function refreshNuxtData(keys: string[]): Promise<void>
  function defineEventHandler(handler: (event: ServerEvent) => unknown): unknown
  function getRequestHeader(event: ServerEvent, name: string): string | undefined
  function readBody(event: ServerEvent): Promise<unknown>
  function setResponseHeader(event: ServerEvent, name: string, value: string): void
  function setResponseStatus(event: ServerEvent, status: number): void
}

declare module '#auth-axios/config' {
  const config: import('../options.ts').AuthConfig
  export default config
}

declare module '#auth-axios/server' {
  const config: import('../options.ts').ServerAuthConfig
  export default config
}

interface ImportMeta {
  /** Whether Nuxt runs in development. */
  readonly dev: boolean
}
