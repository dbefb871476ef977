import { onScopeDispose, ref, watch } from 'vue'
import { useAuthStore } from 'vue-auth-axios'

/** The server's own close code for a token that does not serve, or no longer. */
const TOKEN_REFUSED = 4401

/** Keeps a WebSocket open: the server closes it with its token, and the next one is opened with another. */
export function useSocket<Message>(path: string, onMessage: (message: Message) => void) {
  const auth = useAuthStore()
  const connections = ref(0)
  const problem = ref('')
  let socket: WebSocket | undefined
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
    socket = new WebSocket(path)
    socket.addEventListener('open', () => {
      connections.value++
      socket?.send(JSON.stringify({ token }))
    })
    socket.addEventListener('message', ({ data }) => onMessage(JSON.parse(data)))
    socket.addEventListener('close', ({ code }) => {
      const isNewest = () => auth.accessToken === token && refreshes === seen
      if (!isOver) setTimeout(attempt, 500, () => code === TOKEN_REFUSED && isNewest())
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
    socket?.close()
  })
  return { connections, problem }
}
