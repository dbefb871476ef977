import { describe, expect, test } from 'vitest'
import { elapse } from '../../support/fake-time.ts'
import { outcomes } from '../../support/outcomes.ts'
import {
  NEWS,
  ending,
  inTime,
  openAt,
  openTabs,
  signIn,
  useWorld,
} from '../../support/simulated/use-world.ts'
import type { TabWorld } from '../../support/simulated/world.ts'

const refreshesOf = ({ network }: TabWorld) => network.to('/auth/refresh').map(({ refresh }) => refresh)

/** A tab with a session in its `sessionStorage`, and a tab that it opened. */
async function openCopied(world: TabWorld) {
  const a = await openAt(world, '/open')
  await signIn(world, a)
  const b = await openAt(world, '/secret', {}, a)
  expect(b.store.accessToken).toBe('AT-1-1')
  return { a, b }
}

describe('39. a tab that another one opened has a copy of its sessionStorage', () => {
  test('where both need a token, the refresh token is sent once, and the other tab is signed out cleanly', async () => {
    const world = useWorld({ keeper: 'session' })
    const { a, b } = await openCopied(world)
    world.server.expire()

    const first = outcomes([a.http.get('/a')])
    const second = ending(b.http.get('/b'))
    const { errors } = await inTime(first)

    expect(errors).toEqual([])
    expect(await inTime(second)).toMatchObject({ code: 'ERR_AUTH_EXPIRED', response: { status: 401 } })
    await elapse(NEWS)
    expect(b.store.status).toBe('expired')
    expect(b.at()).toBe('/login?redirect=/secret')
    expect(b.sessionStorage.items.size).toBe(0)
    expect(refreshesOf(world)).toEqual(['RT-1-1'])
    expect(world.reuses).toBe(0)
  })

  test('the tab that refreshed goes on with its session', async () => {
    const world = useWorld({ keeper: 'session' })
    const { a, b } = await openCopied(world)
    world.server.expire()
    await inTime(ending(Promise.all([a.http.get('/a'), b.http.get('/b')])))

    for (let round = 0; round < 3; round++) {
      world.server.expire()
      expect((await inTime(a.http.get('/a'))).status).toBe(200)
    }
    expect(refreshesOf(world)).toEqual(['RT-1-1', 'RT-1-2', 'RT-1-3', 'RT-1-4'])
  })

  test('the opened tab may be the one that goes on', async () => {
    const world = useWorld({ keeper: 'session' })
    const { a, b } = await openCopied(world)
    world.server.expire()
    expect((await inTime(b.http.get('/b'))).status).toBe(200)
    await elapse(60_000)

    expect(await inTime(ending(a.http.get('/a')))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })

    expect(a.store.status).toBe('expired')
    expect(b.store.accessToken).toBe('AT-1-2')
    expect(world.reuses).toBe(0)
  })

  test('also where the tab that refreshed has been closed since', async () => {
    const world = useWorld({ keeper: 'session' })
    const { a, b } = await openCopied(world)
    world.server.expire()
    await inTime(a.http.get('/a'))
    await elapse(NEWS)
    world.close(a)
    await elapse(1_000)

    expect(await inTime(ending(b.http.get('/b')))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(refreshesOf(world)).toEqual(['RT-1-1'])
  })

  test('a copy that was made while the refresh was on its way does not send the refresh token either', async () => {
    const world = useWorld({ keeper: 'session' })
    const a = await openAt(world, '/open')
    await signIn(world, a)
    world.server.expire()
    world.network.delays('/auth/refresh', 300)
    const first = outcomes([a.http.get('/a')])
    await elapse(100)
    const b = await openAt(world, '/secret', {}, a)

    const second = ending(b.http.get('/b'))
    expect((await inTime(first)).errors).toEqual([])

    expect(await inTime(second)).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    expect(refreshesOf(world)).toEqual(['RT-1-1'])
    expect(world.reuses).toBe(0)
  })

  test('a logout in one of them signs both out', async () => {
    const world = useWorld({ keeper: 'session' })
    const { a, b } = await openCopied(world)

    void a.store.logout()
    await elapse(NEWS)

    expect(b.store.status).toBe('anonymous')
    expect(b.at()).toBe('/login?redirect=/secret')
    expect([a, b].map(({ sessionStorage }) => sessionStorage.items.size)).toEqual([0, 0])
  })

  test('a login in one of them ends the session that both had, and is not of the other', async () => {
    const world = useWorld({ keeper: 'session' })
    const { a, b } = await openCopied(world)

    await signIn(world, a, 'bob')

    expect([a.store.accessToken, b.store.status]).toEqual(['AT-2-1', 'anonymous'])
    expect(b.at()).toBe('/login?redirect=/secret')
    expect(b.sessionStorage.items.size).toBe(0)
  })

  test('a login in one of them, in the middle of its refresh, does not make the other send the same token', async () => {
    const world = useWorld({ keeper: 'session' })
    const { a, b } = await openCopied(world)
    world.server.expire()
    world.network.delays('/auth/refresh', 300)
    void ending(a.http.get('/a'))
    await elapse(100)

    await inTime(a.store.login({ name: 'bob', login: 'let in', user: 'known' }))
    await inTime(ending(b.http.get('/b')))
    await elapse(1_000)

    expect(refreshesOf(world)).toEqual(['RT-1-1'])
    expect(world.reuses).toBe(0)
  })
})

test('tabs that did not open one another have sessions of their own', async () => {
  const world = useWorld({ keeper: 'session' })
  const [a, b] = await openTabs(world, 2)
  await signIn(world, a)
  expect(b.store.status).toBe('anonymous')
  await signIn(world, b, 'bob')
  world.server.expire()

  const { errors } = await inTime(outcomes([a.http.get('/a'), b.http.get('/b')]))
  void a.store.logout()
  await elapse(NEWS)

  expect(errors).toEqual([])
  expect(refreshesOf(world).toSorted()).toEqual(['RT-1-1', 'RT-2-1'])
  expect(b.store.accessToken).toBe('AT-2-2')
})

test('a session that is not remembered is copied the same way', async () => {
  const world = useWorld({ keeper: 'local' })
  const a = world.open()
  await elapse(NEWS)
  await inTime(a.store.login({ name: 'ada', login: 'let in', user: 'known' }, { remember: false }))
  const b = world.open({}, undefined, a)
  await elapse(NEWS)
  expect(b.store.accessToken).toBe('AT-1-1')
  world.server.expire()

  expect((await inTime(a.http.get('/a'))).status).toBe(200)
  expect(await inTime(ending(b.http.get('/b')))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })

  expect(refreshesOf(world)).toEqual(['RT-1-1'])
  expect(world.reuses).toBe(0)
})
