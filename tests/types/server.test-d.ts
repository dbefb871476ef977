import type { CookieOptions } from 'hono/utils/cookie'
import { Cluster, Redis } from 'ioredis'
import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import { describe, expectTypeOf, test } from 'vitest'
import {
  type AuthBackend,
  type AuthStorage,
  type Awaitable,
  createAuthAxios,
  httpBackend,
} from 'vue-auth-axios'
import {
  type CookieAttributes,
  type RedisClient,
  type RefreshResults,
  type RequestCookies,
  cookieStorage,
  redisResults,
  shareRefresh,
} from 'vue-auth-axios/server'

describe('shareRefresh', () => {
  test('takes a backend and gives a backend, with its credentials', () => {
    const backend = httpBackend<{ name: string }>()
    expectTypeOf(shareRefresh(backend)).toEqualTypeOf<AuthBackend<{ name: string }>>()
    createAuthAxios({ backend: shareRefresh(httpBackend(), { hold: 10_000 }) })
  })

  test('takes another engine', () => {
    const results: RefreshResults = {
      get: async (key) => key,
      swap: (key, expected, value, ttl) => expected === null && key + value !== '' && ttl > 0,
    }
    shareRefresh(httpBackend(), { results })
    expectTypeOf<RefreshResults['get']>().returns.toEqualTypeOf<Awaitable<string | null | undefined>>()
    // @ts-expect-error -- an engine that cannot compare and set is none
    shareRefresh(httpBackend(), { results: { get: async () => null } })
    // @ts-expect-error -- the backend's own shape is asked for
    shareRefresh({ login: async () => true })
  })
})

describe('redisResults', () => {
  test('takes the clients of `redis`', () => {
    expectTypeOf(redisResults(createClient())).toEqualTypeOf<RefreshResults>()
    redisResults(createClientPool(), { prefix: 'app:' })
    redisResults(createCluster({ rootNodes: [] }))
    redisResults(createSentinel({ name: 'one', sentinelRootNodes: [] }))
  })

  test('takes the clients of `ioredis`', () => {
    redisResults(new Redis({ lazyConnect: true }))
    redisResults(new Cluster([]))
    expectTypeOf<Redis>().toExtend<RedisClient>()
  })

  test('takes nothing else', () => {
    // @ts-expect-error -- no client
    redisResults(new Map<string, string>())
    // @ts-expect-error -- the URL is the client's
    redisResults('redis://localhost')
  })
})

describe('cookieStorage', () => {
  test('takes the cookies of a request and gives a storage', () => {
    const jar = new Map<string, string>()
    const cookies: RequestCookies = {
      get: (name) => jar.get(name),
      set: (name, value) => jar.set(name, value),
      delete: (name) => jar.delete(name),
    }
    expectTypeOf(cookieStorage(cookies)).toEqualTypeOf<AuthStorage>()
    cookieStorage(cookies, { httpOnly: true, maxAge: 60, name: (key) => `__Host-${key}` })
    // @ts-expect-error -- SameSite is one of three
    cookieStorage(cookies, { sameSite: 'Laxer' })
  })

  test('hands out attributes that frameworks take', () => {
    expectTypeOf<CookieAttributes>().toExtend<CookieOptions>()
  })
})
