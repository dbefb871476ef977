// What examples in the middle of a page take for granted: the page has introduced it, or every app has something like it.

import type { QueryClient } from '@tanstack/vue-query'
import type { AxiosInstance } from 'axios'
import type { Pinia } from 'pinia'
import type { App } from 'vue'
import type { AuthStore } from 'vue-auth-axios'
import type { OAuth2Backend } from 'vue-auth-axios/oauth2'
import type { Router } from 'vue-router'

declare global {
  const app: App
  const pinia: Pinia
  const router: Router
  const http: AxiosInstance
  const auth: AuthStore
  const oauth: OAuth2Backend
  const queryClient: QueryClient
  /** Of Capacitor. */
  const Preferences: {
    get(options: { key: string }): Promise<{ value: string | null }>
    set(options: { key: string; value: string }): Promise<void>
    remove(options: { key: string }): Promise<void>
  }
  /** A client that hey-api has generated. */
  const client: { setConfig(config: { axios: AxiosInstance }): void }
  const credentials: { username: string; password: string }
  const form: object
  const order: object
  const payment: object
  const stream: ReadableStream<Uint8Array>
  function askForCode(): Promise<string>
  function show(answer: object): void
  function showRetryButton(): void
  function track(error: unknown): void
}
