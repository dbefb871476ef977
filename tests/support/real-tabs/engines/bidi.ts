/** Who waits for the answer to a command. */
interface Waiter {
  resolve(result: never): void
  reject(error: Error): void
}

/** What a browser sends: an answer to a command, or an event, which nobody here has asked for. */
type Message = { id?: number | null } & (
  | { type: 'success'; result: unknown }
  | { type: 'error'; error: string; message: string }
  | { type: 'event' }
)

/** A session of a browser that is driven over a WebSocket. @see https://www.w3.org/TR/webdriver-bidi/ */
export class BiDi {
  readonly #socket: WebSocket
  readonly #waiters = new Map<number, Waiter>()
  #last = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data)) as Message))
    socket.addEventListener('close', () => this.#giveUp())
  }

  static connect(address: string): Promise<BiDi> {
    const socket = new WebSocket(address)
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve(new BiDi(socket)))
      socket.addEventListener('error', () => reject(new Error(`There is no browser at ${address}.`)))
    })
  }

  send<Result = unknown>(method: string, params: object = {}): Promise<Result> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiters.set(id, { resolve, reject })
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }

  #take(message: Message): void {
    const waiter = this.#waiters.get(message.id ?? 0)
    if (!waiter || message.type === 'event') return
    this.#waiters.delete(message.id!)
    if (message.type === 'success') waiter.resolve(message.result as never)
    else waiter.reject(new Error(`${message.error}: ${message.message}`))
  }

  #giveUp(): void {
    for (const { reject } of this.#waiters.values()) reject(new Error('The browser is gone.'))
    this.#waiters.clear()
  }
}
