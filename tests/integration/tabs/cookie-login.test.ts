import { describe, expect, test } from 'vitest'
import { httpBackend } from '../../../src/index.ts'
import { elapse } from '../../support/fake-time.ts'
import { ending, inTime, openAt, openSignedIn, signIn, useWorld } from '../../support/simulated/use-world.ts'

const backend = httpBackend({ cookie: true, user: '/auth/me' })

const bob = { name: 'bob', login: 'let in', user: 'known' }

describe('a login where all tabs live on one cookie', () => {
  test('that another tab has overtaken while its user was loading begins nothing, and takes no cookie away', async () => {
    const world = useWorld({ keeper: 'cookie' })
    const [a, b] = await openSignedIn(world, 2, { backend })
    const before = world.network.to('/auth/me').length
    world.network.delays('/auth/me', 500)
    const overtaken = ending(a.store.login({ ...bob, name: 'carol' }, { redirect: false }))
    while (world.network.to('/auth/me').length === before) await elapse(1)

    await inTime(b.store.login(bob, { redirect: false }))

    expect(await inTime(overtaken)).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    await elapse(3_000)
    expect(world.network.to('/auth/logout')).toEqual([])
    expect(world.server.ownerOf(world.cookies?.refresh ?? '')?.name).toBe('bob')
    const names = [a, b].map(({ store }) => world.server.ownerOf(store.accessToken ?? '')?.name)
    expect(names).toEqual(['bob', 'bob'])
  })

  test('whose user cannot be loaded signs everybody out where he is: the cookie of before is gone', async () => {
    const world = useWorld({ keeper: 'cookie' })
    const a = await openAt(world, '/open', { backend })
    await signIn(world, a)
    const b = world.open({ backend })
    await elapse(1_000)
    expect(b.store.status).toBe('authenticated')

    const error = await inTime(ending(a.store.login({ ...bob, user: 'broken' })))
    await elapse(3_000)

    expect(error).toMatchObject({ response: { status: 500 } })
    expect([a, b].map(({ store }) => store.status)).toEqual(['anonymous', 'anonymous'])
    expect(world.cookies?.refresh).toBeNull()
    expect(a.at()).toBe('/open')
  })
})
