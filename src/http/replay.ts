import type { AxiosResponse } from 'axios'

/** Whether a body is still there after it has been sent once: a stream is not. */
export function canBeSentAgain(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true
  return !('pipe' in body) && !('getReader' in body) && !(Symbol.asyncIterator in body)
}

/** Lets go of an answer nobody will read: an open stream would hold its connection. */
export function discard({ data }: AxiosResponse): void {
  if (typeof data?.destroy === 'function') data.destroy()
  else if (typeof data?.cancel === 'function') data.cancel().catch(() => {})
}
