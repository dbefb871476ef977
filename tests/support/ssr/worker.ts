import { parentPort } from 'node:worker_threads'
import { getCookie } from 'hono/cookie'
import { createAuthAxios, httpBackend } from '../../../src/index.ts'
import { type AuthOfRequest, pageServer } from './server.ts'

/** A page to render: of which API, at which path, with which cookies. */
export interface PageRequest {
  api: string
  path: string
  cookie: string | undefined
}

const authOf: AuthOfRequest = (context, axios) =>
  createAuthAxios({
    axios,
    backend: httpBackend({ user: '/auth/me' }),
    storage: {
      getItem: (key) => getCookie(context, encodeURIComponent(key)),
      setItem: () => {},
      removeItem: () => {},
    },
  })

// In a thread of its own there is no page, whatever the test pretends to be.
parentPort?.on('message', async ({ api, path, cookie }: PageRequest) => {
  const answer = await pageServer(authOf, api).request(path, { headers: cookie ? { cookie } : {} })
  parentPort?.postMessage(await answer.text())
})
