import { describe, expect, test } from 'vitest'
import { elapse } from '../../support/fake-time.ts'
import { MemoryStorage } from '../../support/memory-storage.ts'
import {
  NEWS,
  ending,
  inTime,
  openAt,
  openSignedIn,
  openTabs,
  signIn,
  useWorld,
} from '../../support/simulated/use-world.ts'
import { refreshFates } from '../model/fates.ts'

describe('a tab whose session has given way to one that never shows here', () => {
  test('where each tab has a storage of its own is signed out, and sent to sign in', async () => {
    const world = useWorld({ keeper: 'custom' })
    const a = await openAt(world, '/secret/1', { storage: new MemoryStorage() })
    await signIn(world, a)
    await a.router.push('/secret/1')
    const b = await openAt(world, '/public', { storage: new MemoryStorage() })

    await inTime(b.store.login({ name: 'bob', login: 'let in', user: 'known' }, { redirect: false }))
    const answer = ending(a.http.get('/items'))
    await elapse(4_000)

    expect(a.store.status).toBe('anonymous')
    expect(a.at()).toBe('/login?redirect=/secret/1')
    expect(b.store.status).toBe('authenticated')
    expect(await answer).toMatchObject({ status: 401 })
    expect(
      world.network.to('/items').map(({ access }) => access),
      'by nobody, once that is known',
    ).toEqual([null])
  })

  test('where the server does not answer for its cookie is sent to sign in, too', async () => {
    const world = useWorld({ keeper: 'cookie' })
    const a = await openAt(world, '/open')
    await signIn(world, a)
    const b = await openAt(world, '/secret/1')
    expect([b.store.status, b.at()]).toEqual(['authenticated', '/secret/1'])

    const before = world.network.to('/auth/refresh').length
    for (const _time of [1, 2]) world.network.meets('/auth/refresh', refreshFates['cut off'])
    await signIn(world, a, 'bob')
    await elapse(10_000)

    expect(world.network.to('/auth/refresh')).toHaveLength(before + 2)
    expect([b.store.status, b.at()]).toEqual(['anonymous', '/login?redirect=/secret/1'])
  })
})

test('a cookie session whose access token is stored goes on with the newest one after a reload', async () => {
  const world = useWorld({ keeper: 'cookie' })
  const [a] = await openSignedIn(world, 1, { storage: 'local' })
  await inTime(a.store.refresh())
  await elapse(NEWS)
  const token = a.store.accessToken
  const asked = world.network.to('/auth/refresh').length
  expect(world.browser.localStorage.content.get('vue-auth-axios:authAxios')).toContain(token)
  expect(world.browser.localStorage.content.get('vue-auth-axios:authAxios')).not.toContain('refreshToken')

  a.app.unmount()
  const again = world.load(a, { storage: 'local' })
  await elapse(NEWS)

  expect([again.store.status, again.store.accessToken]).toEqual(['authenticated', token])
  expect(world.network.to('/auth/refresh')).toHaveLength(asked)
})

describe.each(['local', 'custom'] as const)('a logout in a tab with a session of its own (%s)', (keeper) => {
  test('leaves the tab signed out, whoever all others are, until something new happens', async () => {
    const world = useWorld({ keeper })
    const [a, b] = await openTabs(world, 2)
    await inTime(a.store.login({ name: 'bob', login: 'let in', user: 'known' }, { remember: false }))
    await signIn(world, b, 'ada')
    await elapse(10_000)

    await inTime(a.store.logout())
    a.tab.page.dispatchEvent(new Event('focus'))
    await elapse(2_000)
    expect([a.store.status, b.store.status]).toEqual(['anonymous', 'authenticated'])

    await signIn(world, b, 'carol')
    expect(a.store.accessToken).toBe(b.store.accessToken)
  })
})
