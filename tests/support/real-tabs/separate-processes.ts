import { setTimeout as sleep } from 'node:timers/promises'
import { type Pages, STALL } from './pages.ts'
import type { RemoteTab } from './protocol.ts'

/**
 * Whether no two of these tabs share a process: while the one thread of each stands still, all others answer. A tab that
 * does not counts as blocked after some time.
 */
export async function haveSeparateProcesses(tabs: RemoteTab[], pages: Pages): Promise<boolean> {
  for (const tab of tabs) {
    const stall = pages.stall()
    const stalled = tab.run(standStill, STALL)
    await stall.reached
    const others = tabs.filter((other) => other !== tab).map((other) => other.run(() => true))
    const areApart = await Promise.race([Promise.all(others), sleep(5_000, [false])])
    stall.release()
    await stalled
    if (!areApart.every(Boolean)) return false
  }
  return true
}

function standStill(path: string): void {
  const request = new XMLHttpRequest()
  request.open('GET', path, false)
  request.send()
}
