import { type AuthAxiosOptions, type AuthBackend, httpBackend } from 'vue-auth-axios'
import type { NuxtApp } from '#imports'
import type { AuthConfig, PublicSettings } from '../options.ts'

/** The backend of the app. */
export const backendOf = ({ backend = httpBackend() }: AuthConfig): AuthBackend => backend

/** The options that are the same on both sides. */
export function commonOptions(
  nuxtApp: NuxtApp,
  settings: PublicSettings,
  config: AuthConfig,
): AuthAxiosOptions {
  const { authorize, shouldRefresh, isSessionOver, readTokens, onSessionEnd } = config
  const options = {
    ...pick(settings, PLAIN),
    authorize,
    shouldRefresh,
    isSessionOver,
    readTokens,
    attachTo: config.attachTo ?? settings.attachTo,
    onSessionEnd: onSessionEnd && inContext(nuxtApp, onSessionEnd),
    router: nuxtApp.$router,
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

const PLAIN = [
  ...(['id', 'redirectQuery', 'leeway', 'refreshTimeout', 'crossTab'] as const),
  ...(['loginRoute', 'homeRoute', 'forbiddenRoute'] as const),
]

const pick = <T extends object, Name extends keyof T>(from: T, names: Name[]) =>
  Object.fromEntries(names.map((name) => [name, from[name]]))

/** Calls a hook so that Nuxt's composables work in it. */
const inContext =
  <Parameters extends unknown[], Result>(nuxtApp: NuxtApp, hook: (...parameters: Parameters) => Result) =>
  (...parameters: Parameters): Result =>
    nuxtApp.runWithContext(() => hook(...parameters))

/** The same backend with some methods of its own. */
export function override(backend: AuthBackend, own: Partial<AuthBackend>): AuthBackend {
  return new Proxy(backend, {
    get(target, name) {
      if (name in own) return Reflect.get(own, name)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
