import { onScopeDispose, ref, watch } from 'vue'
import { useAuthStore } from 'vue-auth-axios'

/** Keeps an EventSource open. It would come again by itself with the token it had: it is closed, and made anew. */
export function useEvents<Message>(path: string, onMessage: (message: Message) => void) {
  const auth = useAuthStore()
  const connections = ref(0)
  const problem = ref('')
  let source: EventSource | undefined
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
    const events = new EventSource(token ? `${path}?access_token=${token}` : path)
    source = events
    events.addEventListener('open', () => connections.value++)
    events.addEventListener('message', ({ data }) => onMessage(JSON.parse(data)))
    events.addEventListener('error', () => {
      // One that is closed already was refused; one that would come again has lost its connection.
      const isRefused = events.readyState === EventSource.CLOSED
      const isNewest = () => auth.accessToken === token && refreshes === seen
      events.close()
      if (!isOver) setTimeout(attempt, 500, () => isRefused && isNewest())
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
    source?.close()
  })
  return { connections, problem }
}
