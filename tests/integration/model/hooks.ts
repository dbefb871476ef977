/** What the hooks of an application do. */
export type HookKind = 'nothing' | 'throw' | 'send a request'

/** What a hook throws. */
export class HookError extends Error {
  override name = 'HookError'
}

/** Makes the hook of an application; one that sends requests stops at some time, or each would lead to the next. */
export function createHook(kind: HookKind, send: () => void): () => void {
  let left = 6
  return () => {
    if (kind === 'throw') throw new HookError('The hook throws.')
    if (kind === 'send a request' && left-- > 0) send()
  }
}
