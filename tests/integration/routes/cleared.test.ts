// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://app.example/" }

import { beforeEach, expect, test } from 'vitest'
import { signedIn } from '../../support/visitor.ts'
import { startServer } from '../../support/world.ts'

const KEY = 'vue-auth-axios:authAxios'

beforeEach(() => localStorage.clear())

test('a guarded page is not shown where the data of the site were cleared by hand before', async () => {
  const ends: unknown[] = []
  const visitor = await signedIn(await startServer(), '/public', {
    onSessionEnd: (reason) => ends.push(reason),
  })
  await expect.poll(() => localStorage.getItem(KEY)).toContain('RT-1-1')

  localStorage.clear()
  await visitor.router.push('/secret/1?x=1')

  expect(visitor.at()).toBe('/login?redirect=/secret/1?x=1')
  expect(visitor.store.status).toBe('anonymous')
  expect(ends).toEqual(['logout'])
})

test('it is where one entry alone is gone: nobody has signed out by that', async () => {
  const visitor = await signedIn(await startServer(), '/public')
  localStorage.setItem('theme', 'dark')
  await expect.poll(() => localStorage.getItem(KEY)).toContain('RT-1-1')

  localStorage.removeItem(KEY)
  await visitor.router.push('/secret/1')

  expect(visitor.at()).toBe('/secret/1')
  expect(visitor.store.status).toBe('authenticated')
})
