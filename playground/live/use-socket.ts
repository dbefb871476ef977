import { useReconnection } from './use-reconnection.ts'

/** The server's own close code for a token that does not serve, or no longer. */
const TOKEN_REFUSED = 4401

/** Keeps a WebSocket open: the server closes it with its token, and the next one is opened with another. */
export function useSocket<Message>(path: string, onMessage: (message: Message) => void) {
  return useReconnection((token, { opened, lost }) => {
    const socket = new WebSocket(path)
    socket.addEventListener('open', () => {
      opened()
      socket.send(JSON.stringify({ token }))
    })
    socket.addEventListener('message', ({ data }) => onMessage(JSON.parse(data)))
    socket.addEventListener('close', ({ code }) => lost(code === TOKEN_REFUSED))
    return socket
  })
}
