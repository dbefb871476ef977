import { describe, expect, test } from 'vitest'
import { elapse } from '../../support/fake-time.ts'
import { NEWS, inTime, openTabs, signIn, useWorld } from '../../support/simulated/use-world.ts'
import type { TabWorld } from '../../support/simulated/world.ts'

const bob = { name: 'bob', login: 'let in', user: 'known' }

/** A tab with a session that ends with it, beside another one. */
async function openOwn(world: TabWorld) {
  const [a, b] = await openTabs(world, 2)
  await inTime(a.store.login(bob, { remember: false }))
  await elapse(2_000)
  expect([a.store.accessToken, b.store.accessToken]).toEqual(['AT-1-1', null])
  return { a, b }
}

describe.each(['local', 'custom'] as const)('a tab with a session of its own (%s)', (keeper) => {
  test('is not signed in by a login of all other tabs, whatever it hears of it', async () => {
    const world = useWorld({ keeper })
    const { a, b } = await openOwn(world)

    await signIn(world, b, 'ada')
    for (const type of ['focus', 'pageshow']) {
      a.tab.page.dispatchEvent(new Event(type))
      await elapse(2_000)
    }

    expect([a.store.accessToken, b.store.accessToken]).toEqual(['AT-1-1', 'AT-2-1'])
    await inTime(a.http.get('/a'))
    expect(world.network.to('/a').map(({ access }) => access)).toEqual(['AT-1-1'])
  })

  test('is not signed out by a logout of all other tabs', async () => {
    const world = useWorld({ keeper })
    const { a, b } = await openOwn(world)
    await signIn(world, b, 'ada')

    await inTime(b.store.logout())
    a.tab.page.dispatchEvent(new Event('focus'))
    await elapse(2_000)

    expect(a.store.accessToken).toBe('AT-1-1')
    expect(a.sessionStorage.items.get('vue-auth-axios:authAxios')).toContain('RT-1-1')
  })

  test('leaves the session of all others alone when it signs out, and ends its own', async () => {
    const world = useWorld({ keeper })
    const { a, b } = await openOwn(world)
    await signIn(world, b, 'ada')

    await inTime(a.store.logout())
    await elapse(2_000)

    expect(b.store.accessToken).toBe('AT-2-1')
    expect(a.store.accessToken).not.toBe('AT-1-1')
    expect(world.browser.localStorage.content.get('vue-auth-axios:authAxios')).toContain('RT-2-1')
    expect(a.sessionStorage.items.size).toBe(0)
  })

  test('refreshes its tokens, and those of the others stay as they are', async () => {
    const world = useWorld({ keeper })
    const { a, b } = await openOwn(world)
    await signIn(world, b, 'ada')

    await inTime(a.store.refresh())
    await elapse(2_000)

    expect([a.store.accessToken, b.store.accessToken]).toEqual(['AT-1-2', 'AT-2-1'])
    expect(a.sessionStorage.items.get('vue-auth-axios:authAxios')).toContain('RT-1-2')
    expect(world.browser.localStorage.content.get('vue-auth-axios:authAxios')).toContain('RT-2-1')
  })

  test('joins all others when somebody signs in there to stay signed in', async () => {
    const world = useWorld({ keeper })
    const { a, b } = await openOwn(world)

    await signIn(world, a, 'ada')
    await elapse(2_000)

    expect([a.store.accessToken, b.store.accessToken]).toEqual(['AT-2-1', 'AT-2-1'])
    expect(a.sessionStorage.items.size).toBe(0)
  })

  test('takes a copy with it into the session of all others, and not the other way round', async () => {
    const world = useWorld({ keeper })
    const { a } = await openOwn(world)
    const copy = world.open({}, undefined, a)
    await elapse(NEWS)
    expect(copy.store.accessToken).toBe('AT-1-1')

    await signIn(world, a, 'ada')
    await elapse(2_000)

    expect(a.store.accessToken).toBe('AT-2-1')
    expect(copy.store.accessToken).not.toBe('AT-1-1')
    expect(copy.sessionStorage.items.size).toBe(0)
  })
})
