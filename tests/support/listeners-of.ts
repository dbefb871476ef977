import { getEventListeners } from 'node:events'

/** The listeners that wait for a signal's abort. */
export const listenersOf = (signal: AbortSignal): { readonly count: number } => ({
  get count() {
    return getEventListeners(signal, 'abort').length
  },
})
