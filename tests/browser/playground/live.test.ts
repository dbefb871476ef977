import { beforeEach, expect, test } from 'vitest'
import { PlaygroundVisit, counted, forgetEverything } from '../../support/playground-visit.ts'

beforeEach(forgetEverything)

test('a WebSocket and an EventSource open with a token, and come back with the one that follows it', async () => {
  const visit = await PlaygroundVisit.begin('/live')
  await visit.signIn()
  await visit.sees('Observatory', 'region', 'WebSocket')
  await visit.sees('Observatory', 'region', 'EventSource')

  const count = await counted(async () => {
    await visit.press('button', 'Expire every token')
    await visit.sees('Connected 2 times', 'region', 'WebSocket')
    await visit.sees('Connected 2 times', 'region', 'EventSource')
  })

  expect(count).toMatchObject({ refreshes: 1, reuses: 0 })
})
