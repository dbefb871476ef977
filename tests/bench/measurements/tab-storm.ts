import { existsSync } from 'node:fs'
import type { Pace } from './measurement.ts'

/** A storm in so many tabs of a real browser. */
export interface TabStormRow {
  tabs: number
  requests: number
  refreshes: number
  reuses: number
  failed: number
  /** Until the last tab is served, in ms, and against a single tab's. */
  ms: number
  ratioToOneTab: number
}

const MODULE = new URL('../tab-storm.ts', import.meta.url)

/** 5. Tabs: real Chromium, many tabs whose token dies at once. Nothing where there is no such measurement. */
export async function measureTabs({ quick, tell }: Pace): Promise<TabStormRow[] | null> {
  if (quick || !existsSync(MODULE)) return null
  tell('tabs of a real browser')
  const { measureTabStorm }: { measureTabStorm(): Promise<{ rows: TabStormRow[] }> } = await import(
    MODULE.href
  )
  return (await measureTabStorm()).rows
}
