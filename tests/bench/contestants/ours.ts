import { createPinia } from 'pinia'
import { emptyApp } from '../../support/empty-app.ts'
import { library } from '../built.ts'
import type { Contestant } from '../contestant.ts'

export const contestant: Contestant = {
  async start({ axios, tokens }) {
    const { createAuthAxios } = await library()
    const app = emptyApp()
    app.use(createPinia())
    const auth = createAuthAxios({ axios, storage: 'memory' })
    app.use(auth)
    app.mount({})
    const store = auth.useStore()
    await store.ready()
    await store.setTokens(tokens)
    return auth.http
  },
}
