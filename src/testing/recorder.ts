import axios, { type AxiosAdapter, type AxiosInstance, type InternalAxiosRequestConfig } from 'axios'

/**
 * Notes every request of an instance as its adapter gets it, whichever adapter that is by then, and those that are set
 * later (axios-mock-adapter) too.
 *
 * @returns a function that ends it
 */
export function record(
  instance: AxiosInstance,
  note: (config: InternalAxiosRequestConfig) => void,
): () => void {
  const { defaults } = instance
  let { adapter } = defaults
  const recording: AxiosAdapter = (config) => {
    note(config)
    return axios.getAdapter(adapter || axios.defaults.adapter, config)(config)
  }
  Object.defineProperty(defaults, 'adapter', {
    get: () => recording,
    set(next: typeof adapter) {
      if (next !== recording) adapter = next
    },
    enumerable: true,
    configurable: true,
  })
  return () => {
    Object.defineProperty(defaults, 'adapter', {
      value: adapter,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  }
}
