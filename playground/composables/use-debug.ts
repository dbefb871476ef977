import { useHttp } from 'vue-auth-axios'
import type { RefreshFault } from '../server/faults.ts'
import type { Stats } from '../server/stats.ts'

/** A look behind the counter of the server, and ways to make trouble there. */
export interface Debug {
  stats(): Promise<Stats>
  /** Ends every access token at once; the sessions stay. */
  expire(): Promise<void>
  /** What the next refreshes will meet. */
  faults(): Promise<RefreshFault[]>
  plan(faults: RefreshFault[]): Promise<void>
}

/** Speaks to the `debug` routes; they belong to no session, and none of it may refresh one. */
export function useDebug(): Debug {
  const http = useHttp()
  const open = { withAuth: false }

  return {
    async stats() {
      return (await http.get<Stats>('/debug/stats', open)).data
    },
    async expire() {
      await http.post('/debug/expire', undefined, open)
    },
    async faults() {
      return (await http.get<{ refresh: RefreshFault[] }>('/debug/fail', open)).data.refresh
    },
    async plan(faults) {
      await http.post('/debug/fail', { refresh: faults }, open)
    },
  }
}
