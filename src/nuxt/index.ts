import {
  addImports,
  addPlugin,
  addServerHandler,
  addServerPlugin,
  addTypeTemplate,
  createResolver,
  defineNuxtModule,
  findPath,
} from '@nuxt/kit'
import type { Nuxt, NuxtModule } from '@nuxt/schema'
import { type ModuleOptions, type PublicSettings, REFRESH_ROUTE } from './options.ts'

export type { AuthConfig, ModuleOptions, ServerAuthConfig, SessionCookie } from './options.ts'

const DEFAULTS = {
  baseURL: '/api',
  storage: 'cookie',
  refreshOnServer: 'never',
  loginRoute: '/login',
} as const

const PAGE_META = `import type { RouteMeta } from 'vue-router'
import type {} from 'vue-auth-axios'

declare module '#app' {
  interface PageMeta {
    /** Who may see the page: \`true\`, \`'guest'\`, \`false\`, or a function of the user. */
    auth?: RouteMeta['auth']
    /** Which identity judges the page. */
    authId?: RouteMeta['authId']
  }
}

export {}
`

/**
 * The Nuxt module: pages are rendered with their visitor's session, and go on with it in the browser.
 *
 * @example
 * ```ts
 * export default defineNuxtConfig({
 *   modules: ['@pinia/nuxt', 'vue-auth-axios/nuxt'],
 *   authAxios: { baseURL: 'https://api.example' },
 * })
 * ```
 */
const module: NuxtModule<ModuleOptions> = defineNuxtModule<ModuleOptions>({
  meta: { name: 'vue-auth-axios', configKey: 'authAxios', compatibility: { nuxt: '>=4.0.0' } },
  defaults: { ...DEFAULTS },
  async setup(options, nuxt) {
    assertCookie(options)
    const { resolve } = createResolver(import.meta.url)
    const { serverBaseURL = '', ...shown } = options
    nuxt.options.runtimeConfig.authAxios = { serverBaseURL }
    nuxt.options.runtimeConfig.public.authAxios = shown as PublicSettings & Record<string, unknown>
    // One copy of the package: the app's own imports of it, and those of the files below.
    nuxt.options.build.transpile.push('vue-auth-axios')
    await nameConfigs(nuxt, resolve('./runtime/nothing'))

    addPlugin({ src: resolve('./runtime/plugin.server'), mode: 'server' })
    addPlugin({ src: resolve('./runtime/plugin.client'), mode: 'client' })
    addServerHandler({ middleware: true, handler: resolve('./runtime/server/shell') })
    if (options.refreshOnServer === 'shared') {
      addServerPlugin(resolve('./runtime/server/share'))
      addServerHandler({ route: REFRESH_ROUTE, method: 'post', handler: resolve('./runtime/server/refresh') })
    }
    addImports(['useHttp', 'useAuthStore'].map((name) => ({ name, from: 'vue-auth-axios' })))
    addTypeTemplate({ filename: 'types/auth-axios.d.ts', getContents: () => PAGE_META })
  },
})

export default module

function assertCookie({ cookie = {} }: ModuleOptions): void {
  if (!('httpOnly' in cookie) || !cookie.httpOnly) return
  throw new Error(
    '`authAxios.cookie` cannot be httpOnly: the page goes on with the session in it. To keep tokens from scripts, let a back end for the front end hold them: httpBackend({ cookie: "session" }).',
  )
}

/** Gives the config files of the app the names that the runtime imports them by. */
async function nameConfigs({ options }: Nuxt, nothing: string): Promise<void> {
  const { srcDir, rootDir, serverDir } = options
  const find = async (folders: string[]) => {
    return (await findPath(folders.map((folder) => `${folder.replace(/\/$/, '')}/auth.config`))) ?? nothing
  }
  options.alias['#auth-axios/config'] = await find([srcDir, rootDir])
  options.alias['#auth-axios/server'] = await find([serverDir])
}
