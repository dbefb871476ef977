import type { AxiosInstance } from 'axios'
import { type InjectionKey, hasInjectionContext, inject } from 'vue'

/** The instances of the identities that are installed in an application, by id, in the order of their install. */
export const instancesKey: InjectionKey<Map<string, AxiosInstance>> = Symbol('vue-auth-axios')

/**
 * Gives the registered axios instance.
 *
 * @param id the identity; without it `authAxios`, or the first one where there is none by that name
 * @throws Error outside an application, or where that identity is not installed
 * @example
 * ```ts
 * const http = useHttp()
 * const { data } = await http.get('/items')
 * ```
 */
export function useHttp(id?: string): AxiosInstance {
  if (!hasInjectionContext()) {
    throw new Error(
      'useHttp() works in setup functions, router guards and app.runWithContext() alone. Elsewhere, make the plugin with createAuthAxios() and use its `http`.',
    )
  }
  const instances = inject(instancesKey, null)
  const http =
    instances?.get(id ?? 'authAxios') ?? (id === undefined ? instances?.values().next().value : undefined)
  if (!http) {
    throw new Error(
      id === undefined
        ? 'useHttp() found no instance. Call app.use(authAxios) before the app is mounted.'
        : `useHttp("${id}") found no such identity. Call app.use(createAuthAxios({ id: "${id}" })) first.`,
    )
  }
  return http
}
