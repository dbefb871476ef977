import { describe, expect, it, vi } from 'vitest'
import { httpBackend } from '../../../src/index.ts'
import { firstStanding } from '../../../src/standing.ts'
import type { Asking } from '../../../src/session/ask.ts'
import { isRefusal } from '../../../src/session/failure.ts'
import type { OtherTabs } from '../../../src/session/other-tabs.ts'
import { createRefresh } from '../../../src/session/refresh.ts'
import { Session } from '../../../src/session/session.ts'
import { listenersOf } from '../../support/listeners-of.ts'
import { failure } from '../../support/outcomes.ts'
import { turns } from '../../support/turns.ts'

const tokens = (turn: number) => ({ accessToken: `AT${turn}`, refreshToken: `RT${turn}` })

/** The one place that starts a refresh, between a backend and the other tabs. */
function refreshing(ask: () => Promise<Record<string, unknown>>, tabs: Partial<OtherTabs> = {}) {
  const session = Session.start(tokens(1), { remember: true, leeway: 30, ...firstStanding(1) })
  const backend = { ...httpBackend(), refresh: vi.fn(ask) }
  const asking: Asking = {
    backend,
    refreshTimeout: 10_000,
    isSessionOver: isRefusal,
    backendContext: (signal) => ({ http: undefined as never, signal }),
    stop: new AbortController().signal,
  }
  const others = {
    glance: () => null,
    alone: (_session, work) => work(),
    renewed: vi.fn(async () => {}),
    ...tabs,
  } as OtherTabs
  const renew = vi.fn((of: Session, fresh: { accessToken: string }) =>
    of.renew({ tokens: fresh, refreshAt: Infinity, generation: of.standing.generation + 1 }),
  )
  const refresh = createRefresh(asking, others, { renew, expire: () => {}, report: () => {} })
  return { session, backend, others, renew, refresh }
}

describe('a refresh', () => {
  it('leaves nothing behind that waits for the end of the session, however often it is made', async () => {
    const { session, refresh } = refreshing(async () => ({ access_token: 'AT2' }))

    for (const _turn of [1, 2, 3]) await refresh.now(session)

    expect(listenersOf(session.ended).count).toBe(0)
  })

  it('leaves nothing of that kind behind where it fails either', async () => {
    const { session, refresh } = refreshing(() => Promise.reject(new Error('down')))

    await failure(refresh.now(session))

    expect(listenersOf(session.ended).count).toBe(0)
  })

  it('tells the other tabs of new tokens, and of nothing where there are none', async () => {
    const good = refreshing(async () => ({ access_token: 'AT2' }))
    await good.refresh.now(good.session)
    const bad = refreshing(() => Promise.reject(new Error('down')))
    await failure(bad.refresh.now(bad.session))
    await turns(20)

    expect(good.others.renewed).toHaveBeenCalledExactlyOnceWith(good.session)
    expect(bad.others.renewed).not.toHaveBeenCalled()
  })

  it('takes the tokens of another tab as they are, where that one was quicker', async () => {
    const { session, backend, renew, refresh } = refreshing(async () => ({ access_token: 'AT9' }), {
      async alone(of) {
        of?.renew({ tokens: tokens(2), refreshAt: Infinity, generation: 7 })
        return { kind: 'renewed', tokens: tokens(2) }
      },
    })

    expect(await refresh.now(session)).toEqual(tokens(2))
    expect([backend.refresh.mock.calls.length, renew.mock.calls.length, session.standing.generation]).toEqual(
      [0, 0, 7],
    )
  })

  it('brings nothing back where its tab has slept through the end of the session, and only now sees that', async () => {
    let isAnswered = false
    const { session, renew, others, refresh } = refreshing(
      async () => {
        isAnswered = true
        return { access_token: 'AT2' }
      },
      {
        glance() {
          if (isAnswered) session.end('ERR_AUTH_SESSION_CHANGED')
          return null
        },
      },
    )

    expect(await failure(refresh.now(session))).toMatchObject({ code: 'ERR_AUTH_SESSION_CHANGED' })
    await turns(20)

    expect(renew).not.toHaveBeenCalled()
    expect(others.renewed).not.toHaveBeenCalled()
  })

  it('is not begun for a session that is over, and says how that ended', async () => {
    const { session, backend, refresh } = refreshing(async () => ({ access_token: 'AT2' }))
    session.end('ERR_AUTH_EXPIRED')

    expect(await failure(refresh.now(session))).toMatchObject({ code: 'ERR_AUTH_EXPIRED' })
    await turns(20)
    expect(backend.refresh).not.toHaveBeenCalled()
  })

  it('tells nothing of the tokens that a backend quotes in its error', async () => {
    const { session, refresh } = refreshing(() =>
      Promise.reject(new Error('refresh token RT1 of access token AT1 is unknown')),
    )

    const { cause } = (await failure(refresh.now(session))) as Error

    expect(String(cause)).toContain('is unknown')
    expect(String(cause)).not.toMatch(/RT1|AT1/)
  })
})
