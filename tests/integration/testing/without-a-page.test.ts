import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { createPinia } from 'pinia'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createApp } from 'vue'
import { httpBackend } from 'vue-auth-axios'
import { authHandlers, createTestingAuth } from 'vue-auth-axios/testing'

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

test.each([undefined, 'https://api.example/api/', '*/api'])('in Node, with an API at %s', async (baseURL) => {
  const api = authHandlers({ ...(baseURL && { baseURL }) })
  server.use(
    ...api.handlers,
    http.get('https://api.example/api/items', () => HttpResponse.json(['tea'])),
  )
  const backend = httpBackend({ user: '/auth/me' })
  const auth = createTestingAuth({ axios: { baseURL: 'https://api.example/api' }, backend })
  createApp({}).use(createPinia()).use(auth)
  expect(auth.useStore().status).toBe('authenticated')
  api.expire()

  expect((await auth.http.get('/items')).data).toEqual(['tea'])
  expect((await auth.useStore().fetchUser()).name).toBe('Ada Lovelace')
  expect(api.stats).toMatchObject({ refreshes: 1, unauthorized: expect.any(Number) })
})
