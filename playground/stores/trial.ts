import { isAxiosError } from 'axios'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { useHttp } from 'vue-auth-axios'
import { useDebug } from '../composables/use-debug.ts'
import { groupBy } from '../wire/group-by.ts'

/** What became of many requests at once. */
export interface TrialResult {
  answered: number
  failed: number
  /** By the code of their errors. */
  failures: Record<string, number>
  /** As the server counted them. */
  refreshes: number
  reuses: number
  /** In ms. */
  took: number
}

/** In ms. */
const SPREAD = 200

/** Sends many requests at once. A store, so that the result outlives the page when the session does not. */
export const useTrialStore = defineStore('trial', () => {
  const http = useHttp()
  const debug = useDebug()
  const result = ref<TrialResult | null>(null)
  const isRunning = ref(false)

  async function run(amount: number, spread: boolean): Promise<void> {
    if (isRunning.value) return
    isRunning.value = true
    result.value = null
    try {
      const before = await debug.stats()
      const startedAt = performance.now()
      const outcomes = await Promise.allSettled(
        Array.from({ length: amount }, (_, index) => http.get(pathOf(index, spread))),
      )
      const took = performance.now() - startedAt
      const after = await debug.stats()
      const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
      result.value = {
        answered: outcomes.length - errors.length,
        failed: errors.length,
        failures: tally(errors),
        refreshes: after.refreshes - before.refreshes,
        reuses: after.reuses - before.reuses,
        took,
      }
    } finally {
      isRunning.value = false
    }
  }

  /** Takes away what was true before something changed. */
  function forget(): void {
    if (!isRunning.value) result.value = null
  }

  return { result, isRunning, run, forget }
})

/** A spread that looks random and is the same every time. */
function pathOf(index: number, spread: boolean): string {
  return `/items/${index + 1}${spread ? `?delay=${(index * 73) % (SPREAD + 1)}` : ''}`
}

function tally(errors: unknown[]): Record<string, number> {
  const codes = groupBy(errors, (error) => (isAxiosError(error) && error.code) || 'unknown')
  return Object.fromEntries([...codes].map(([code, members]) => [code, members.length]))
}
