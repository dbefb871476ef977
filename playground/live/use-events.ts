import { useReconnection } from './use-reconnection.ts'

/** Keeps an EventSource open. It would come back by itself with the token it had: it is closed, and made again. */
export function useEvents<Message>(path: string, onMessage: (message: Message) => void) {
  return useReconnection((token, { opened, lost }) => {
    const events = new EventSource(token ? `${path}?access_token=${token}` : path)
    events.addEventListener('open', opened)
    events.addEventListener('message', ({ data }) => onMessage(JSON.parse(data)))
    events.addEventListener('error', () => {
      // One that is closed already was refused; one that would come again has lost its connection.
      const isRefused = events.readyState === EventSource.CLOSED
      events.close()
      lost(isRefused)
    })
    return events
  })
}
