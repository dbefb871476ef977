import { describe, expect, test } from 'vitest'
import { elapse } from '../../support/fake-time.ts'
import { NEWS, inTime, openAt, signIn, useWorld } from '../../support/simulated/use-world.ts'

describe.each(['local', 'cookie'] as const)('finding 40: a login in another tab (%s)', (keeper) => {
  const follow = async (path: string) => {
    const world = useWorld({ keeper })
    const a = world.open()
    const b = await openAt(world, path)
    await signIn(world, a)
    expect(b.store.status).toBe('authenticated')
    return b
  }

  test.each(['/public?redirect=/secret', '/open?redirect=/secret'])(
    'leaves a page alone that has a `redirect` of its own: %s',
    async (path) => {
      const b = await follow(path)

      expect(b.at()).toBe(path)
    },
  )

  test('moves the login page along its return path', async () => {
    const b = await follow('/login?redirect=/secret/1')

    expect(b.at()).toBe('/secret/1')
  })

  test('moves the login page home where it has none', async () => {
    const b = await follow('/login')

    expect(b.at()).toBe('/')
  })

  test('does not stop who is about to leave the login page for another one', async () => {
    const world = useWorld({ keeper })
    const a = world.open()
    const b = await openAt(world, '/login?redirect=/secret/1')
    const slow = Promise.withResolvers<void>()
    b.router.beforeEach((to) => (to.path === '/public' ? slow.promise : undefined))
    const going = b.router.push('/public')
    await elapse(NEWS)

    await signIn(world, a)
    slow.resolve()
    await inTime(going)

    expect(b.at()).toBe('/public')
  })
})

test.each(['local', 'cookie'] as const)(
  'a tab that follows a logout in another one keeps its return path, and comes back by it (%s)',
  async (keeper) => {
    const world = useWorld({ keeper })
    const a = await openAt(world, '/open')
    await signIn(world, a)
    const b = await openAt(world, '/secret/1')
    expect(b.at()).toBe('/secret/1')

    await inTime(a.store.logout())
    await elapse(NEWS)
    expect([a.at(), b.at()]).toEqual(['/login', '/login?redirect=/secret/1'])

    await signIn(world, a)
    expect([a.at(), b.at()]).toEqual(['/login', '/secret/1'])
  },
)
