import { expect, test } from 'vitest'
import { expectConsole } from '../../support/expect-console.ts'
import { elapse } from '../../support/fake-time.ts'
import { MemoryStorage } from '../../support/memory-storage.ts'
import { ending, inTime, openTabs, signIn, useWorld } from '../../support/simulated/use-world.ts'

const troubles = [
  { trouble: 'does not answer', before: () => new Promise<void>(() => {}) },
  { trouble: 'rejects', before: () => Promise.reject(new Error('The disk is away.')) },
]

test.each(troubles)(
  'a storage of the application that $trouble when the page is looked at again signs nobody out',
  async ({ before }) => {
    const world = useWorld({ keeper: 'custom' })
    const storage = new MemoryStorage()
    const [a] = await openTabs(world, 1, { storage })
    await signIn(world, a)

    storage.before = (operation) => (operation === 'getItem' ? before() : undefined)
    a.tab.page.dispatchEvent(new Event('focus'))
    await elapse(60_000)

    expect(a.store.status).toBe('authenticated')
    expect(storage.entries.get('vue-auth-axios:authAxios')).toContain('RT-1-1')
    expect((await inTime(a.http.get('/a'))).status).toBe(200)
  },
)

test('a storage of the application that does not answer while a refresh is made signs nobody out', async () => {
  expectConsole('error', 'There was no answer')
  const world = useWorld({ keeper: 'custom' })
  const storage = new MemoryStorage()
  const [a] = await openTabs(world, 1, { storage })
  await signIn(world, a)

  storage.before = (operation) => (operation === 'getItem' ? new Promise<void>(() => {}) : undefined)
  // Who waits is told in time; what comes later is taken.
  expect(await inTime(ending(a.store.refresh()))).toMatchObject({ code: 'ERR_AUTH_REFRESH' })
  expect(a.store.status).toBe('authenticated')
  await elapse(2_000)

  expect(a.store.accessToken).toBe('AT-1-2')
  expect(storage.entries.get('vue-auth-axios:authAxios')).toContain('RT-1-2')
})
