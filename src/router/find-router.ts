import type { App } from 'vue'
import type { Router } from '../vue-router.ts'

/**
 * Hands over the router of an application, at once or as soon as it is installed: that is before the first navigation,
 * which begins within `app.use(router)`. Returns what stops waiting for it.
 */
export function findRouter(app: App, given: Router | undefined, use: (router: Router) => void): () => void {
  const { globalProperties } = app.config
  const known: Router | undefined = given ?? globalProperties.$router
  let isWanted = true
  const stop = () => void (isWanted = false)
  // A stand-in, such as a component test's `mocks`, cannot be asked anything.
  const useReal = (router: Router) => isWanted && typeof router.beforeEach === 'function' && use(router)
  if (known) {
    useReal(known)
    return stop
  }
  const waiting = Object.getOwnPropertyDescriptor(globalProperties, '$router')
  Object.defineProperty(globalProperties, '$router', {
    configurable: true,
    enumerable: true,
    get: () => undefined,
    set(router: Router) {
      // Another identity may be waiting as well.
      waiting?.set?.(router)
      Object.defineProperty(globalProperties, '$router', { value: router, writable: true })
      useReal(router)
    },
  })
  return stop
}
