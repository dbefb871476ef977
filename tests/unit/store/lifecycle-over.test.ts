import { describe, expect, it } from 'vitest'
import type { AuthContext } from '../../../src/store/context.ts'
import { createLifecycle } from '../../../src/store/lifecycle.ts'
import { Session } from '../../../src/store/session.ts'

const start = (generation: number) =>
  Session.start({ accessToken: `AT${generation}` }, { remember: true, leeway: 30, generation })

const create = () => createLifecycle({ report: () => {} } as unknown as AuthContext)

describe('a session is known to be over', () => {
  it.each(['logout', 'expired'] as const)('once it has ended: %s', (reason) => {
    const lifecycle = create()
    const session = start(1)
    lifecycle.begin(session)
    expect(lifecycle.isOver(session.id)).toBe(false)

    lifecycle.end(reason)

    expect(lifecycle.isOver(session.id)).toBe(true)
    expect(lifecycle.isOver(start(2).id)).toBe(false)
  })

  it('where another tab has ended it before it was ever here', () => {
    const lifecycle = create()

    lifecycle.bury('elsewhere')

    expect(lifecycle.isOver('elsewhere')).toBe(true)
  })

  it('as soon as the server’s cookie has gone to another', () => {
    const lifecycle = create()
    const session = start(1)
    lifecycle.begin(session)

    lifecycle.beAnonymous()

    expect([lifecycle.isOver(session.id), session.endedBy]).toEqual([true, 'ERR_AUTH_SESSION_CHANGED'])
  })
})
