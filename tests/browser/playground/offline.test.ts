import { beforeEach, expect, test } from 'vitest'
import { PATIENCE, PlaygroundVisit, counted, forgetEverything } from '../../support/playground-visit.ts'

beforeEach(forgetEverything)

test('a visitor whose network is gone for a while stays signed in', async () => {
  const visit = await PlaygroundVisit.begin('/dashboard')
  await visit.signIn()
  await visit.press('button', 'Expire every token')
  await visit.sees('Every access token is refused from now on.')

  await visit.setOnline(false)
  await visit.press('button', 'Read again')
  await visit.sees('12 could not be read.')
  await visit.sees('authenticated', 'region', 'Session')

  const { refreshes, reuses, served } = await counted(async () => {
    await visit.setOnline(true)
    await visit.press('button', 'Read again')
    const read = () => visit.evaluate("document.querySelectorAll('[data-state=read]').length")
    await expect.poll(read, PATIENCE).toBe(12)
  })
  expect({ refreshes, reuses, served }).toEqual({ refreshes: 1, reuses: 0, served: 12 })
})
