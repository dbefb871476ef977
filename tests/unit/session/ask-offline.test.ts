// @vitest-environment happy-dom

import { afterEach, expect, test, vi } from 'vitest'
import { type Asking, askForTokens } from '../../../src/session/ask.ts'
import { isRefusal } from '../../../src/session/failure.ts'
import { turns } from '../../support/turns.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** What listens to an abort and has not been taken away again, from now on. */
function abortListeners(): Set<unknown> {
  const listening = new Set<unknown>()
  const { addEventListener: add, removeEventListener: remove } = AbortSignal.prototype
  vi.spyOn(AbortSignal.prototype, 'addEventListener').mockImplementation(function (
    this: AbortSignal,
    ...how
  ) {
    listening.add(how[1])
    add.apply(this, how)
  })
  vi.spyOn(AbortSignal.prototype, 'removeEventListener').mockImplementation(function (
    this: AbortSignal,
    ...how
  ) {
    if (how[0] === 'abort') listening.delete(how[1])
    remove.apply(this, how)
  })
  return listening
}

/** A backend that is asked while the browser says that it is offline. */
function offline() {
  const isOnline = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  const refresh = vi.fn(async () => ({ access_token: 'AT2' }))
  const asking: Asking = {
    backend: { refresh },
    refreshTimeout: 10_000,
    isSessionOver: isRefusal,
    backendContext: (signal) => ({ http: undefined as never, signal }),
    stop: new AbortController().signal,
  }
  const listening = abortListeners()
  const ended = new AbortController()
  const outcome = askForTokens(asking, { accessToken: 'AT1', refreshToken: 'RT1' }, ended.signal)
  const goOnline = () => {
    isOnline.mockReturnValue(true)
    dispatchEvent(new Event('online'))
  }
  return { ended, goOnline, listening, outcome, refresh }
}

test('a wait for the network leaves nothing behind once that is there', async () => {
  const { goOnline, listening, outcome, refresh } = offline()
  const removed = vi.spyOn(globalThis, 'removeEventListener')
  await turns(20)
  expect([refresh.mock.calls.length, listening.size > 0]).toEqual([0, true])

  goOnline()

  expect(await outcome).toMatchObject({ kind: 'renewed' })
  expect(removed).toHaveBeenCalledWith('online', expect.any(Function))
  expect(listening.size).toBe(0)
})

test('a wait for the network leaves nothing behind where the session ends', async () => {
  const { ended, goOnline, listening, outcome, refresh } = offline()
  await turns(20)

  ended.abort()
  goOnline()

  expect(await outcome).toMatchObject({ kind: 'failed', until: 0 })
  expect(refresh).not.toHaveBeenCalled()
  expect(listening.size).toBe(0)
})
