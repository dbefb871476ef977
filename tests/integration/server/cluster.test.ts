import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Cluster, round } from '../../support/cluster/cluster.ts'
import type { NodeSettings } from '../../support/cluster/settings.ts'
import { times } from '../../support/outcomes.ts'
import { NO_REDIS, RedisServer, hasRedis } from '../../support/redis-server.ts'
import { StrictServer } from '../../support/strict-server.ts'

/** Short, so that a Redis which was restarted is trusted again within a test. */
const HOLD = 3_000

const LOADS = 30

describe.skipIf(!hasRedis)(
  `three processes that render pages, and a Redis (${hasRedis ? 'as installed' : NO_REDIS})`,
  () => {
    const redis = new RedisServer()
    const api = new StrictServer()
    let cluster: Cluster
    let settings: NodeSettings

    beforeAll(async () => {
      await Promise.all([redis.start(), api.start()])
      const trusted = sleep(HOLD + 1_000)
      settings = { api: api.url, redis: redis.url, kind: 'shared', hold: HOLD }
      cluster = await new Cluster().start(settings, { ...settings, client: 'ioredis' }, settings)
      await trusted
    }, 60_000)
    beforeEach(() => {
      api.refreshDelay = 0
    })
    afterEach(() => redis.thaw())
    afterAll(async () => {
      await cluster?.stop()
      await Promise.all([redis.remove(), api.stop()])
    }, 60_000)

    /** What a step has cost the token endpoint. */
    async function counted(step: () => Promise<unknown>) {
      const before = { refreshes: api.refreshes, asked: api.to('/auth/refresh').length, reuses: api.reuses }
      await step()
      return {
        refreshes: api.refreshes - before.refreshes,
        asked: api.to('/auth/refresh').length - before.asked,
        reuses: api.reuses - before.reuses,
      }
    }

    test(
      'refresh once for 30 parallel page loads, each for its own visitor, 30 times',
      { timeout: 60_000 },
      async () => {
        const counts = await counted(async () => {
          // Three visitors at a time, so that there is somebody to be mistaken for.
          for (let turn = 0; turn < 10; turn++) {
            for (const { pages, served, strangers } of await Promise.all(
              times(3, () => round(cluster, api, LOADS)),
            )) {
              expect({ served, strangers }).toEqual({ served: LOADS, strangers: 0 })
              expect(new Set(pages.map(({ refreshToken }) => refreshToken)).size).toBe(1)
            }
          }
        })

        expect(counts).toEqual({ refreshes: 30, asked: 30, reuses: 0 })
      },
    )

    test('give the new pair to who comes with the old one afterwards, wherever', async () => {
      const granted = api.grant()
      const cookie = await cluster.visitor(granted, 'dead')

      const counts = await counted(async () => {
        const first = await cluster.load(cookie, 0)
        const others = await Promise.all(times(6, (turn) => cluster.load(cookie, turn)))
        for (const page of others)
          expect(page).toMatchObject({ html: first.html, refreshToken: first.refreshToken })
      })

      expect(counts).toEqual({ refreshes: 1, asked: 1, reuses: 0 })
      expect(api.isAlive(granted.refresh_token)).toBe(false)
    })

    test('share a refusal: all are signed out, after one request', async () => {
      const cookie = await cluster.visitor({ ...api.grant(), refresh_token: 'unknown' }, 'dead')

      const counts = await counted(async () => {
        const pages = await Promise.all(times(LOADS, (turn) => cluster.load(cookie, turn)))
        for (const { html, status } of pages) {
          expect({ html, status }).toEqual({ html: '<p>order ERR_AUTH_EXPIRED</p>', status: 'expired' })
        }
      })

      expect(counts).toEqual({ refreshes: 0, asked: 1, reuses: 0 })
    })

    test('wait for a token endpoint that takes its time', { timeout: 20_000 }, async () => {
      api.refreshDelay = 2_500

      const counts = await counted(async () => {
        expect(await round(cluster, api, LOADS)).toMatchObject({ served: LOADS, strangers: 0 })
      })

      expect(counts).toEqual({ refreshes: 1, asked: 1, reuses: 0 })
    })

    test('ask again where the server turned the first attempt away', async () => {
      api.faults.push({ status: 503 })

      const counts = await counted(async () => {
        expect(await round(cluster, api, LOADS)).toMatchObject({ served: LOADS, strangers: 0 })
      })

      expect(counts).toEqual({ refreshes: 1, asked: 2, reuses: 0 })
    })

    test(
      'keep the session where Redis does not answer, and go on when it does',
      { timeout: 30_000 },
      async () => {
        const granted = api.grant()
        const cookie = await cluster.visitor(granted, 'dead')
        redis.freeze()

        const counts = await counted(async () => {
          const start = performance.now()
          const pages = await Promise.all(times(9, (turn) => cluster.load(cookie, turn)))
          for (const { html, status } of pages) {
            expect({ html, status }).toEqual({
              html: '<p>order ERR_AUTH_REFRESH</p>',
              status: 'authenticated',
            })
          }
          expect(performance.now() - start).toBeLessThan(8_000)
        })
        expect(counts).toEqual({ refreshes: 0, asked: 0, reuses: 0 })

        redis.thaw()
        await sleep(500)
        const after = await counted(async () => {
          const pages = await Promise.all(times(9, (turn) => cluster.load(cookie, turn)))
          expect(new Set(pages.map(({ status, refreshToken }) => `${status} ${refreshToken}`)).size).toBe(1)
          expect(pages[0]).toMatchObject({
            status: 'authenticated',
            html: expect.stringMatching(/order \d+</),
          })
        })
        expect(after).toEqual({ refreshes: 1, asked: 1, reuses: 0 })
      },
    )

    test(
      'lose no session where Redis is restarted, empty, in the middle of a refresh',
      { timeout: 30_000 },
      async () => {
        api.refreshDelay = 2_000
        const granted = api.grant()
        const cookie = await cluster.visitor(granted, 'dead')

        const counts = await counted(async () => {
          const first = Promise.all(times(9, (turn) => cluster.load(cookie, turn)))
          await sleep(700)
          await redis.kill()
          await redis.start()
          // Who comes now finds nothing: nobody knows that the token is being spent.
          const meanwhile = await Promise.all(times(9, (turn) => cluster.load(cookie, turn)))
          for (const { status } of [...(await first), ...meanwhile]) expect(status).toBe('authenticated')
          await sleep(500)
          // The result was left with the new Redis.
          const late = await Promise.all(times(9, (turn) => cluster.load(cookie, turn)))
          for (const { status, html } of late)
            expect([status, html]).toEqual(['authenticated', expect.stringMatching(/order \d+</)])
        })

        expect(counts).toEqual({ refreshes: 1, asked: 1, reuses: 0 })
        api.refreshDelay = 0
        await sleep(HOLD + 1_500)
        expect(await round(cluster, api, 9)).toMatchObject({ served: 9 })
      },
    )

    test('leave nothing in the memory of Redis that could be read', { timeout: 30_000 }, async () => {
      const { pages } = await round(cluster, api, 9)
      const memory = await redis.memory()

      // What is there is found; the claims and the names of the keys are.
      expect(memory.includes('vue-auth-axios:refresh:')).toBe(true)
      expect(memory.length).toBeGreaterThan(1_000_000)
      const [, session] = /^RT-(\d+)-2$/.exec(pages[0]?.refreshToken ?? '') ?? []
      expect(session).toBeDefined()
      const found = memory.toString('latin1').match(/(?:[AR]T|dead)-\d+(?:-\d+)?/g)
      expect(found).toBeNull()
    })

    test('do not hang where one of them is killed while it refreshes', { timeout: 60_000 }, async () => {
      const before = api.to('/auth/refresh').length
      const [kept, ended] = [api.grant(), api.grant()]
      const cookies = [await cluster.visitor(kept, 'dead'), await cluster.visitor(ended, 'dead')]
      const lost: Array<Promise<unknown>> = []
      // The server never reads the one token, and rotates the other; both answers die with the process.
      for (const [index, fault] of (['hang', 'hang-after'] as const).entries()) {
        api.faults.push(fault)
        lost.push(cluster.load(cookies[index]!, 0).catch(() => 'lost'))
        await api.arrived('/auth/refresh', before + index + 1)
      }
      await cluster.kill(0)
      expect(await Promise.all(lost)).toEqual(['lost', 'lost'])

      const start = performance.now()
      const pages = await Promise.all(
        cookies.map((cookie) => Promise.all(times(10, (turn) => cluster.load(cookie, turn)))),
      )

      expect(performance.now() - start).toBeLessThan(12_000)
      // The session as it was, and one clear end.
      expect(pages.map((all) => [...new Set(all.map(({ status }) => status))])).toEqual([
        ['authenticated'],
        ['expired'],
      ])
      expect(api.to('/auth/refresh').length - before).toBe(4)
      expect(await Promise.all(cookies.map((cookie) => cluster.load(cookie, 0)))).toMatchObject([
        { status: 'authenticated', html: expect.stringMatching(/order \d+</) },
        { status: 'expired' },
      ])
    })
  },
)
