import { expect } from 'vitest'
import type { AuthStore } from '../../src/index.ts'
import type { StrictServer } from './strict-server.ts'

/** No refresh has arrived, and none is on its way either. */
export function expectNoRefresh(server: StrictServer, store: AuthStore): void {
  expect(store.isRefreshing).toBe(false)
  expect(server.to('/auth/refresh')).toEqual([])
}
