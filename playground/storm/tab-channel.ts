import type { Share } from './lane.ts'

/** What the tabs of a comparison tell each other. No token: sessions are the entrants' own business. */
export type TabMessage =
  | { type: 'hello' | 'bye' }
  | { type: 'prepare'; entrant: string; baseURL: string }
  | { type: 'ready'; entrant: string }
  | { type: 'go'; entrant: string; share: Share }
  | { type: 'done'; entrant: string; answered: number; lost: number }

/** A line between the first tab and the second. */
export interface TabChannel {
  say(message: TabMessage): void
  on(listen: (message: TabMessage) => void): void
  /** Resolves with the next message of a kind about an entrant; rejects where none comes. */
  next<Type extends 'ready' | 'done'>(
    type: Type,
    entrant: string,
  ): Promise<Extract<TabMessage, { type: Type }>>
  close(): void
}

/** In ms. */
const PATIENCE = 60_000

/** Opens the line; both tabs know its name from the address of the second. */
export function openTabChannel(name: string): TabChannel {
  const channel = new BroadcastChannel(`storm ${name}`)
  const on = (listen: (message: TabMessage) => void) =>
    channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => listen(data))

  return {
    say: (message) => channel.postMessage(message),
    on,
    next(type, entrant) {
      type Wanted = Extract<TabMessage, { type: typeof type }>
      return new Promise<Wanted>((resolve, reject) => {
        setTimeout(
          reject,
          PATIENCE,
          new Error('The second tab does not answer. Close it, and open it again.'),
        )
        on((message) => {
          if (message.type === type && message.entrant === entrant) resolve(message as Wanted)
        })
      })
    },
    close: () => channel.close(),
  }
}
