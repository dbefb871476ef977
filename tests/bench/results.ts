import type { ClockFigures } from './measurements/known-expiry.ts'
import type { MemoryFigures } from './measurements/memory.ts'
import type { IdleRow } from './measurements/nothing-happens.ts'
import type { SizeRow } from './measurements/size.ts'
import type { StartRow } from './measurements/start.ts'
import type { StormRow } from './measurements/storm.ts'
import type { TabStormRow } from './measurements/tab-storm.ts'

/** Where and with what a run was made. */
export interface Circumstances {
  date: string
  node: string
  cpu: string
  cores: number
  /** Of the contestants. */
  versions: Record<string, string>
  /** Why some of them do not do what others do. */
  notes: Record<string, string>
  /** How long the run took, in s. */
  seconds: number
}

/** What one run has measured; in part, where it was told to. */
export interface Results extends Circumstances {
  idle?: IdleRow[]
  storm?: StormRow[]
  clock?: ClockFigures
  memory?: MemoryFigures
  tabs?: TabStormRow[]
  size?: SizeRow[]
  start?: StartRow[]
}
