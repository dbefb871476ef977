import { type AuthBackend, type AuthStorage, createAuthAxios } from 'vue-auth-axios'
import { type CookieAttributes, type RequestCookies, cookieStorage } from 'vue-auth-axios/server'
import config from '#auth-axios/config'
import { type NuxtApp, defineNuxtPlugin, refreshNuxtData, useRuntimeConfig } from '#imports'
import { type PublicSettings, REFRESH_ROUTE, cookieOptions } from '../options.ts'
import { backendOf, commonOptions, override } from './settings.ts'

export default defineNuxtPlugin({
  name: 'vue-auth-axios',
  dependsOn: ['pinia', 'nuxt:router'],
  setup(nuxtApp) {
    const { app, public: shown } = useRuntimeConfig()
    const settings = shown.authAxios
    const auth = createAuthAxios({
      ...commonOptions(nuxtApp, settings, config),
      axios: { ...config.axios, baseURL: settings.baseURL },
      backend: settings.refreshOnServer === 'shared' ? throughServer(app.baseURL) : backendOf(config),
      ...storageOf(settings),
      ...(nuxtApp.payload.serverRendered && { hydrated: whenHydrated(nuxtApp) }),
    })
    keepFromErrorPage(nuxtApp)
    bringStatus(nuxtApp, settings)
    nuxtApp.vueApp.use(auth)

    const missing = nuxtApp.payload.authAxiosReload as string[] | undefined
    if (missing) nuxtApp.hooks.hookOnce('app:suspense:resolve', () => refreshNuxtData(missing))
  },
})

/** A page refreshes by the same way as the server: what one of them has spent, the other does not spend again. */
function throughServer(baseURL: string): AuthBackend {
  return override(backendOf(config), {
    async refresh(tokens, { http, signal }) {
      const { data } = await http.post(REFRESH_ROUTE, tokens, { baseURL, signal, withCredentials: false })
      return data
    },
  })
}

function storageOf({ storage, cookie }: PublicSettings): {
  storage?: AuthStorage | 'local' | 'session' | 'memory'
} {
  if (backendOf(config).resumable) return {}
  if (storage !== 'cookie') return { storage }
  return { storage: cookieStorage(pageCookies, { secure: !import.meta.dev, ...cookieOptions(cookie) }) }
}

/** The cookies that scripts of the page see. */
const pageCookies: RequestCookies = {
  get: (name) =>
    document.cookie
      .split('; ')
      .find((pair) => pair.startsWith(`${name}=`))
      ?.slice(name.length + 1),
  set: (name, value, attributes) => (document.cookie = cookieText(name, value, attributes)),
  delete: (name, attributes) => (document.cookie = cookieText(name, '', { ...attributes, maxAge: 0 })),
}

function cookieText(name: string, value: string, attributes: CookieAttributes): string {
  const { path, domain, maxAge, secure, sameSite } = attributes
  return [
    `${name}=${value}; Path=${path}; SameSite=${sameSite}`,
    ...(domain ? [`Domain=${domain}`] : []),
    ...(maxAge === undefined ? [] : [`Max-Age=${maxAge}`]),
    ...(secure ? ['Secure'] : []),
  ].join('; ')
}

/** Puts the status that the server has rendered where the store looks for it: the page shows it until it is hydrated. */
function bringStatus({ payload }: NuxtApp, { id = 'authAxios' }: PublicSettings): void {
  const state = Object(payload.pinia)[id]
  if (state && payload.authAxiosStatus) state.status = payload.authAxiosStatus
}

/** Nuxt goes on hydrating after the mount, as long as components wait for their data. */
function whenHydrated({ hooks }: NuxtApp): Promise<void> {
  return new Promise((resolve) => hooks.hookOnce('app:suspense:resolve', resolve))
}

/** Until the page is hydrated Nuxt puts its error page in the place of all that it hears of; a report costs no visitor the page. */
function keepFromErrorPage({ vueApp: { config: vue }, hooks }: NuxtApp): void {
  const { errorHandler } = vue
  if (!errorHandler || !('__nuxt_default' in errorHandler)) return
  const handler: typeof vue.errorHandler = (error, instance, info) => {
    if (info === 'vue-auth-axios') console.error(`[vue-auth-axios] ${String(error)}`)
    else errorHandler(error, instance, info)
  }
  vue.errorHandler = handler
  hooks.hookOnce('app:suspense:resolve', () => {
    // As Nuxt does with its own.
    if (vue.errorHandler === handler) delete vue.errorHandler
  })
}
