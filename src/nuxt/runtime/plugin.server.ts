import {
  type AuthBackend,
  AuthError,
  type AuthStatus,
  type AuthStorage,
  createAuthAxios,
  isAuthError,
} from 'vue-auth-axios'
import { type RequestCookies, cookieStorage } from 'vue-auth-axios/server'
import type { RouteLocationNormalized } from 'vue-router'
import config from '#auth-axios/config'
import {
  type NuxtApp,
  type ServerEvent,
  defineNuxtPlugin,
  navigateTo,
  useCookie,
  useRequestEvent,
  useRuntimeConfig,
} from '#imports'
import { type PublicSettings, cookieOptions } from '../options.ts'
import { backendOf, commonOptions, override } from './settings.ts'
import { SHELL_HEADER } from './shell.ts'

/** What came of rendering for a visitor, as far as the browser has to make up for it. */
interface Visit {
  /** Their user could not be loaded, for want of a live token. */
  lacksUser: boolean
}

export default defineNuxtPlugin({
  name: 'vue-auth-axios',
  dependsOn: ['pinia', 'nuxt:router'],
  setup(nuxtApp) {
    const { app, authAxios: secret, public: shown } = useRuntimeConfig()
    const settings = shown.authAxios
    const event = useRequestEvent()
    const visit: Visit = { lacksUser: false }
    const backend = serverBackend(event, settings, visit)
    const isBlind = settings.storage !== 'cookie' || backend.resumable === true

    const auth = createAuthAxios({
      ...commonOptions(nuxtApp, settings, config),
      axios: { ...config.axios, baseURL: reachable(secret.serverBaseURL || settings.baseURL) },
      backend,
      storage: isBlind ? 'memory' : storageOf(settings),
    })
    nuxtApp.vueApp.use(auth)

    redirectFromRender(nuxtApp, settings, () => auth.useStore().status)
    nuxtApp.hook('app:created', async () => {
      const { $router: router, ssrContext } = nuxtApp
      const isGuarded = asksForSession(router.resolve(ssrContext?.url ?? '/'))
      if (isGuarded && (isBlind || visit.lacksUser)) await sendShell(nuxtApp, event, app.baseURL)
    })
    nuxtApp.hook('app:rendered', () => {
      // Nuxt leaves out of the payload what the store keeps from being hydrated; the browser is to show what was rendered.
      nuxtApp.payload.authAxiosStatus = auth.useStore().status
      nameFailures(nuxtApp)
    })
  },
})

/** Whether a page is for visitors who are signed in. */
const asksForSession = ({ meta }: Pick<RouteLocationNormalized, 'meta'>) =>
  meta.auth === true || typeof meta.auth === 'function'

/** A path alone leads nowhere on a server, and the host of a request is the sender's to choose. */
function reachable(baseURL: string): string {
  if (URL.canParse(baseURL)) return baseURL
  throw new Error(
    `\`authAxios.baseURL\` is "${baseURL}", which leads nowhere on the server. Give \`authAxios.serverBaseURL\` in nuxt.config, or NUXT_AUTH_AXIOS_SERVER_BASE_URL: the whole URL of the API.`,
  )
}

/** The backend as the server uses it: it refreshes with all others, or not at all. */
function serverBackend(
  { context }: ServerEvent,
  { refreshOnServer }: PublicSettings,
  visit: Visit,
): AuthBackend {
  const shared = refreshOnServer === 'shared' ? (context.authAxios as AuthBackend) : undefined
  const backend = shared ?? backendOf(config)
  const { user } = backend
  const refresh = () => Promise.reject(new Error('Tokens are refreshed in the browser alone.'))
  return override(backend, {
    ...(!shared && { refresh }),
    ...(user && {
      async user(http, tokens) {
        try {
          return await user.call(backend, http, tokens)
        } catch (error) {
          visit.lacksUser ||= isUnrefreshed(error)
          throw error
        }
      },
    }),
  })
}

const isUnrefreshed = (error: unknown) => isAuthError(error) && error.code === 'ERR_AUTH_REFRESH'

/** Keeps the session in the cookies of the request. Nuxt writes them with whatever it answers, redirects and errors included. */
function storageOf({ cookie, id = 'authAxios' }: PublicSettings): AuthStorage {
  const options = { secure: !import.meta.dev, ...cookieOptions(cookie) }
  const cookies = new Map<string, ReturnType<typeof useCookie>>()
  const asItIs = (value: string) => value

  function find(name: string) {
    const known = cookies.get(name)
    if (known) return known
    const { name: _, ...attributes } = { path: '/', sameSite: 'lax', maxAge: MONTH, ...options }
    const made = useCookie(name, { ...attributes, encode: asItIs, decode: asItIs })
    cookies.set(name, made)
    return made
  }

  const request: RequestCookies = {
    get: (name) => find(name).value,
    set: (name, value) => (find(name).value = value),
    delete: (name) => (find(name).value = null),
  }
  const storage = cookieStorage(request, options)
  // Nuxt gives cookies to who asks while the plugin is set up.
  void storage.getItem(`vue-auth-axios:${id}`)
  return storage
}

/** In seconds; the default of `cookieStorage`. */
const MONTH = 30 * 24 * 60 * 60

/** A session that is refused while a page is rendered leads to the login page: an answer of its own, not a page in the place of another. */
function redirectFromRender(
  nuxtApp: NuxtApp,
  { loginRoute, redirectQuery = 'redirect' }: PublicSettings,
  statusNow: () => AuthStatus,
): void {
  const { $router: router, ssrContext } = nuxtApp
  const login = router.resolve(loginRoute)
  let leaving: unknown
  const leaveFor = (path: string) => (leaving = nuxtApp.runWithContext(() => navigateTo(path)))
  router.afterEach((to) => {
    if (to.path !== login.path || to.redirectedFrom || to.fullPath === ssrContext?.url) return
    leaveFor(to.fullPath)
  })
  nuxtApp.hook('app:rendered', async () => {
    const { fullPath, meta, path } = router.currentRoute.value
    const isPublic = meta.auth === false || meta.auth === 'guest'
    const isLeft = statusNow() === 'expired' && path !== login.path && !isPublic
    // On its way: the page was there first.
    if (isLeft)
      leaveFor(router.resolve({ ...login, query: { ...login.query, [redirectQuery]: fullPath } }).fullPath)
    await leaving
  })
}

/** Sends the page unrendered: the browser knows, or can find out, who the visitor is. No detour over the login page. */
async function sendShell({ ssrContext }: NuxtApp, { fetch, path }: ServerEvent, base: string): Promise<void> {
  // Nitro has taken the app's base off the path.
  const answer = await fetch(base.replace(/\/$/, '') + path, { headers: { [SHELL_HEADER]: '1' } })
  if (!ssrContext) return
  ssrContext['~renderResponse'] = {
    statusCode: answer.status,
    statusMessage: answer.statusText,
    headers: { 'content-type': answer.headers.get('content-type') ?? 'text/html;charset=utf-8' },
    body: await answer.text(),
  }
}

/** Nuxt makes an error of its own of what a page's data failed with; of ours, the message is left. */
const { message: UNREFRESHED } = new AuthError('ERR_AUTH_REFRESH')

/** Names the data that are missing for want of a live token, so that the browser loads them. */
function nameFailures({ payload }: NuxtApp): void {
  const failed = Object.entries(payload._errors).filter(([, error]) => Object(error).message === UNREFRESHED)
  if (failed.length) payload.authAxiosReload = failed.map(([key]) => key)
}
