// @vitest-environment happy-dom

import { expect, test } from 'vitest'
import { firstPair, signedInApp } from '../../support/manual-app.ts'

test('finding 48: what Pinia lists for its devtools shows the getters of a session, but none that holds a token', async () => {
  const { store } = await signedInApp({}, firstPair)
  const listed = (store as unknown as { _getters: (keyof typeof store)[] })._getters

  expect(listed.toSorted()).toEqual(['expiresAt', 'isAuthenticated', 'isRefreshing', 'sessionId'])
  expect(JSON.stringify(listed.map((name) => store[name]))).not.toMatch(/[AR]T\d/)
})
