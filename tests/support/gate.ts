/** A promise that is kept from outside. */
export interface Gate {
  readonly passed: Promise<void>
  open(): void
}

/** Makes a gate; it is shut. */
export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: resolve }
}
