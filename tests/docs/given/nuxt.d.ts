// What Nuxt imports by itself, as far as the page about the module uses it: the app under `tests/nuxt` has the real ones.

import type { AxiosInstance } from 'axios'
import type { Ref } from 'vue'
import type { AuthStore } from 'vue-auth-axios'
import type { ModuleOptions } from 'vue-auth-axios/nuxt'
import type { RouteMeta } from 'vue-router'

declare global {
  function defineNuxtConfig(config: { modules: string[]; authAxios: ModuleOptions }): object
  function definePageMeta(meta: Pick<RouteMeta, 'auth'>): void
  function useAsyncData<T>(key: string, load: () => Promise<T>): Promise<{ data: Ref<T | undefined> }>
  function clearNuxtData(): void
  function useHttp(): AxiosInstance
  function useAuthStore(): AuthStore
}
