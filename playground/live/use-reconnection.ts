import { onScopeDispose, ref, watch } from 'vue'
import { useAuthStore } from 'vue-auth-axios'

/** What a connection tells. */
export interface ConnectionEvents {
  opened(): void
  /** @param isRefused whether its token was refused */
  lost(isRefused: boolean): void
}

/** Keeps a connection open that is made with a token: one that is lost is made again, with a fresh token where its own was refused. */
export function useReconnection(open: (token: string | null, events: ConnectionEvents) => { close(): void }) {
  const auth = useAuthStore()
  const connections = ref(0)
  const problem = ref('')
  let connection: { close(): void } | undefined
  let isOver = false
  let refreshes = 0
  watch(
    () => auth.isRefreshing,
    () => refreshes++,
  )

  async function connect(): Promise<void> {
    const token = await auth.getAccessToken() // null where a cookie carries it
    const seen = refreshes
    if (isOver) return
    const isNewest = () => auth.accessToken === token && refreshes === seen
    connection = open(token, {
      opened: () => connections.value++,
      lost(isRefused) {
        if (!isOver) setTimeout(attempt, 500, () => isRefused && isNewest())
      },
    })
  }

  async function attempt(isSpent = () => false): Promise<void> {
    try {
      // Asked now: somebody else may have refreshed meanwhile, or be about to.
      if (isSpent() || auth.isRefreshing) await auth.refresh()
      await connect()
    } catch (error) {
      problem.value = String(error) // the session is over, or no token can be had for now
    }
  }

  void attempt()
  onScopeDispose(() => {
    isOver = true
    connection?.close()
  })
  return { connections, problem }
}
