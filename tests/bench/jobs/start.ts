import axios from 'axios'
import { createPinia } from 'pinia'
import type { AuthStorage } from '../../../src/index.ts'
import { emptyApp } from '../../support/empty-app.ts'
import { library } from '../built.ts'

/** How long it takes until something can be used, in µs. */
export interface StartFigures {
  /** `axios.create` and one interceptor. */
  axios: number[]
  /** `app.use`, with nothing stored: the call itself. */
  use: number[]
  /** From `app.use` until the store is ready, with nothing stored. */
  fresh: number[]
  /** The same with a stored session. */
  restored: number[]
}

type Library = Awaited<ReturnType<typeof library>>

/** A storage that answers at once, as those of a browser do. */
class Shelf implements AuthStorage {
  value: string | null

  constructor(value: string | null) {
    this.value = value
  }

  getItem(): string | null {
    return this.value
  }

  setItem(_key: string, value: string): void {
    this.value = value
  }

  removeItem(): void {
    this.value = null
  }
}

/** What a visitor leaves in the storage who signs in and closes the page. */
async function leftBehind({ createAuthAxios }: Library): Promise<string | null> {
  const storage = new Shelf(null)
  const app = emptyApp().use(createPinia())
  const auth = createAuthAxios({ storage })
  app.use(auth).mount({})
  await auth.useStore().setTokens({
    accessToken: 'a'.repeat(400),
    refreshToken: 'r'.repeat(100),
    expiresAt: Date.now() + 3_600_000,
  })
  app.unmount()
  return storage.value
}

/** Starts applications, one after another. */
export async function start({ count }: { count: number }): Promise<StartFigures> {
  const { createAuthAxios } = await library()
  const stored = await leftBehind({ createAuthAxios })
  const figures: StartFigures = { axios: [], use: [], fresh: [], restored: [] }
  for (let n = 0; n < count; n++) {
    const begin = performance.now()
    axios.create({ baseURL: '/api' }).interceptors.request.use((config) => config)
    figures.axios.push((performance.now() - begin) * 1000)
    for (const entry of [null, stored]) {
      const app = emptyApp().use(createPinia())
      const from = performance.now()
      const auth = createAuthAxios({ axios: { baseURL: '/api' }, storage: new Shelf(entry) })
      app.use(auth)
      const used = performance.now()
      await auth.useStore().ready()
      const ready = performance.now()
      if (auth.useStore().isAuthenticated !== (entry !== null))
        throw new Error('The stored session was not found.')
      if (entry === null) figures.use.push((used - from) * 1000)
      figures[entry === null ? 'fresh' : 'restored'].push((ready - from) * 1000)
      app.mount({})
      app.unmount()
    }
  }
  return figures
}
