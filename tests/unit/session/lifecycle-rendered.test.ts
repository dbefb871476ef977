import { describe, expect, it } from 'vitest'
import { effect, watch } from 'vue'
import { firstStanding } from '../../../src/standing.ts'
import type { AuthContext } from '../../../src/session/context.ts'
import { createLifecycle } from '../../../src/session/lifecycle.ts'
import { Session } from '../../../src/session/session.ts'
import { ada, bob } from '../../support/people.ts'
import { turns } from '../../support/turns.ts'

const session = () =>
  Session.start({ accessToken: 'AT1' }, { remember: true, leeway: 30, ...firstStanding(1) })

/** The lifecycle of a page, which a server may have rendered for a user. */
function rendered({ isHydrating = true, user = null as typeof ada | null } = {}) {
  const errors: unknown[] = []
  const ends: string[] = []
  const lifecycle = createLifecycle({
    isHydrating,
    onSessionEnd: (reason) => void ends.push(reason),
    report: (error) => void errors.push(error),
  } as AuthContext)
  lifecycle.user.value = user
  const seen = () => ({ status: lifecycle.status.value, user: lifecycle.user.value })
  return { lifecycle, seen, errors, ends }
}

const asRendered = { status: 'pending', user: ada }

describe('a page that a server has rendered', () => {
  it('looks as it did there while the session is found, which is known all the same', async () => {
    const { lifecycle, seen } = rendered({ user: ada })
    expect(lifecycle.isPending).toBe(true)
    const found = session()

    lifecycle.restore(found)
    await lifecycle.ready()

    expect(seen()).toEqual(asRendered)
    expect(lifecycle.current.value).toBe(found)
    expect(lifecycle.isPending).toBe(false)
    expect(lifecycle.knownUser).toEqual(ada)
  })

  it('shows how things are when it is revealed, with the user that was rendered until he is loaded', async () => {
    const { lifecycle, seen } = rendered({ user: ada })
    lifecycle.restore(session())

    lifecycle.reveal()
    expect(seen()).toEqual({ status: 'authenticated', user: ada })
    lifecycle.meet(bob)

    expect(seen()).toEqual({ status: 'authenticated', user: bob })
    expect(lifecycle.knownUser).toEqual(bob)
  })

  it('does not show a user who is loaded before that, though he is known', () => {
    const { lifecycle, seen } = rendered({ user: ada })
    lifecycle.restore(session())

    lifecycle.meet(bob)

    expect(seen()).toEqual(asRendered)
    expect(lifecycle.knownUser).toEqual(bob)
    lifecycle.reveal()
    expect(seen()).toEqual({ status: 'authenticated', user: bob })
  })

  it('shows nobody once it is revealed where there is no session', async () => {
    const { lifecycle, seen } = rendered({ user: ada })

    lifecycle.restore(null)
    await lifecycle.ready()
    expect(seen()).toEqual(asRendered)
    expect(lifecycle.knownUser).toBeNull()
    lifecycle.reveal()

    expect(seen()).toEqual({ status: 'anonymous', user: null })
  })

  it('shows nothing new where it is revealed before anything is known, and then everything at once', () => {
    const { lifecycle, seen } = rendered({ user: ada })

    lifecycle.reveal()
    expect(seen()).toEqual(asRendered)
    lifecycle.restore(null)

    expect(seen()).toEqual({ status: 'anonymous', user: null })
  })

  it('is revealed by whoever signs out before the session is found', () => {
    const { lifecycle, seen } = rendered({ user: ada })

    lifecycle.beAnonymous()

    expect(seen()).toEqual({ status: 'anonymous', user: null })
    expect(lifecycle.veil).toBeNull()
  })

  it('is revealed by whoever signs in: that is not what a server could render', () => {
    const { lifecycle, seen } = rendered({ user: ada })

    lifecycle.begin(session(), bob)

    expect(seen()).toEqual({ status: 'authenticated', user: bob })
    expect(lifecycle.veil).toBeNull()
  })

  it.each(['logout', 'expired'] as const)('shows at once that the session has ended: %s', (reason) => {
    const { lifecycle, seen, ends } = rendered({ user: ada })
    const found = session()
    lifecycle.restore(found)

    lifecycle.end(reason)

    expect(seen()).toEqual({ status: reason === 'logout' ? 'anonymous' : 'expired', user: null })
    expect([lifecycle.current.value, ends]).toEqual([null, [reason]])
    expect(found.endedBy).toBe(reason === 'logout' ? 'ERR_AUTH_SESSION_CHANGED' : 'ERR_AUTH_EXPIRED')
  })

  it('is not taken back to what it showed first by a second look', () => {
    const { lifecycle, seen } = rendered({ user: ada })
    lifecycle.restore(session())
    lifecycle.reveal()
    lifecycle.end('logout')

    lifecycle.reveal()

    expect(seen()).toEqual({ status: 'anonymous', user: null })
  })

  it('lets those wait who may not change it before', async () => {
    const { lifecycle } = rendered()
    let isOver = false
    void lifecycle.veil?.then(() => (isOver = true))
    lifecycle.restore(session())
    await turns(20)
    expect([lifecycle.veil, isOver]).toEqual([expect.any(Promise), false])

    lifecycle.reveal()
    await turns(20)

    expect([lifecycle.veil, isOver]).toEqual([null, true])
  })
})

describe('a page that no server has rendered', () => {
  it('shows at once what is found', () => {
    const { lifecycle, seen } = rendered({ isHydrating: false })
    expect(lifecycle.veil).toBeNull()

    lifecycle.restore(session())

    expect(seen()).toEqual({ status: 'authenticated', user: null })
    lifecycle.reveal()
    expect(seen()).toEqual({ status: 'authenticated', user: null })
  })

  it('tells of an observer that throws when the user comes, and stops nothing', () => {
    const { lifecycle, errors } = rendered({ isHydrating: false })
    lifecycle.restore(session())
    const boom = new Error('boom')
    effect(() => {
      if (lifecycle.user.value) throw boom
    })

    expect(() => lifecycle.meet(ada)).not.toThrow()

    expect(errors).toEqual([boom])
    expect(lifecycle.user.value).toEqual(ada)
  })

  it('has its user in place by the time its status shows', () => {
    const { lifecycle } = rendered({ isHydrating: false })
    const users: unknown[] = []
    watch(lifecycle.status, () => void users.push(lifecycle.user.value), { flush: 'sync' })

    lifecycle.begin(session(), ada)
    lifecycle.end('logout')

    expect(users).toEqual([ada, null])
  })
})

describe('the end of a session', () => {
  it.each([
    ['logout', 'ERR_AUTH_SESSION_CHANGED', 'anonymous'],
    ['expired', 'ERR_AUTH_EXPIRED', 'expired'],
  ] as const)('by %s is what its requests hear, with its cause', (reason, code, status) => {
    const { lifecycle, seen } = rendered({ isHydrating: false })
    const begun = session()
    lifecycle.begin(begun)
    const cause = new Error('refused')

    lifecycle.end(reason, cause)

    expect(begun.lastWord).toMatchObject({ code, cause })
    expect(seen().status).toBe(status)
  })

  it('is no logout where another session takes its place', () => {
    const { lifecycle, ends } = rendered({ isHydrating: false })
    const begun = session()
    lifecycle.begin(begun)

    lifecycle.begin(session())
    lifecycle.beAnonymous()

    expect(begun.lastWord.code).toBe('ERR_AUTH_SESSION_CHANGED')
    expect(ends).toEqual([])
  })
})
