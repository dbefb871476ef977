import { describe, expect, test } from 'vitest'
import { elapse } from '../../support/fake-time.ts'
import { NEWS, inTime, openSignedIn, openTabs, signIn, useWorld } from '../../support/simulated/use-world.ts'
import type { TabWorld } from '../../support/simulated/world.ts'
import { logoutFates } from '../model/fates.ts'

const fates = Object.keys(logoutFates).filter((name) => name !== 'success') as Array<keyof typeof logoutFates>

const quiet = (app: { config: { errorHandler?: unknown } }) => void (app.config.errorHandler = () => {})

/** Somebody has signed out, and the server has not heard of it; nobody is there any more. */
async function signOutUnheard(world: TabWorld, fate: keyof typeof logoutFates): Promise<void> {
  const visit = world.open({ refreshTimeout: 1_000 }, quiet)
  await elapse(NEWS)
  await signIn(world, visit)
  world.network.meets('/auth/logout', logoutFates[fate])
  await inTime(visit.store.logout({ redirect: false }))
  world.close(visit)
  await elapse(NEWS)
}

describe.each(['cookie', 'hidden'] as const)(
  'finding 1: a logout that the server has not heard of (%s)',
  (keeper) => {
    test.each(fates)('is told again at the next start, which signs nobody in: %s', async (fate) => {
      const world = useWorld({ keeper })
      await signOutUnheard(world, fate)
      const before = world.network.exchanges.length

      const [visit] = await openTabs(world, 1)
      await elapse(NEWS)

      expect(world.network.exchanges.slice(before).map(({ path }) => path)).toEqual(['/auth/logout'])
      expect(world.cookies?.refresh, 'the cookie is gone').toBe(null)
      expect(visit.store.status).toBe('anonymous')
      const [later] = await openTabs(world, 1)
      expect(later.store.status).toBe('anonymous')
      expect(world.network.to('/auth/logout')).toHaveLength(2)
    })

    test('is told once, however many tabs a browser opens at its start', async () => {
      const world = useWorld({ keeper })
      await signOutUnheard(world, '500')
      const before = world.network.to('/auth/logout').length

      const visits = await openTabs(world, 5)
      await elapse(5 * NEWS)

      expect(world.network.to('/auth/logout')).toHaveLength(before + 1)
      expect(visits.map(({ store }) => store.status)).toEqual(Array(5).fill('anonymous'))
    })

    test('is forgotten by a login that comes first', async () => {
      const world = useWorld({ keeper })
      await signOutUnheard(world, '500')
      world.network.meets('/auth/logout', logoutFates['500'])
      const visit = world.open({}, quiet)
      await elapse(NEWS)

      await signIn(world, visit, 'bob')
      visit.tab.page.dispatchEvent(new Event('focus'))
      await elapse(5 * NEWS)
      const [other] = await openTabs(world, 1)
      await elapse(NEWS)

      expect([visit.store.status, other.store.status]).toEqual(['authenticated', 'authenticated'])
      expect((await inTime(other.http.get('/items'))).status).toBe(200)
    })

    test('that wants a live access token is told after one refresh', async () => {
      const world = useWorld({ keeper, lifetime: 60 })
      const [visit] = await openSignedIn(world, 1)
      await elapse(61_000)
      world.server.expire()
      world.network.exchanges.length = 0

      await inTime(visit.store.logout({ redirect: false }))

      expect(world.network.exchanges.map(({ path }) => path)).toEqual(
        keeper === 'hidden'
          ? ['/auth/logout', '/auth/refresh', '/auth/logout']
          : ['/auth/refresh', '/auth/logout'],
      )
      expect(world.cookies?.refresh).toBe(null)
    })
  },
)
