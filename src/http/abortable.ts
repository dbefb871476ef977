import { CanceledError, type InternalAxiosRequestConfig } from 'axios'

/** Waits for something on behalf of a request that its caller may abort meanwhile. */
export function abortable<T>(work: Promise<T>, config: InternalAxiosRequestConfig): Promise<T> {
  const { signal, cancelToken } = config
  if (!signal && !cancelToken) return work
  return new Promise((resolve, reject) => {
    const abort = () => {
      release()
      reject(cancelToken?.reason ?? new CanceledError(undefined, config))
    }
    const release = () => {
      signal?.removeEventListener?.('abort', abort)
      tokens?.unsubscribe(abort)
    }
    const tokens = cancelToken as Subscribable | undefined
    work.then(resolve, reject).finally(release)
    if (signal?.aborted || cancelToken?.reason) return abort()
    signal?.addEventListener?.('abort', abort)
    tokens?.subscribe(abort)
  })
}

/** What axios' `CancelToken` has besides what its type tells. */
interface Subscribable {
  subscribe(listener: () => void): void
  unsubscribe(listener: () => void): void
}
