import { describe, expect, test } from 'vitest'
import { oidcReferee } from '../support/real-tabs/oidc-referee.ts'
import { STALL } from '../support/real-tabs/pages.ts'
import { playgroundReferee } from '../support/real-tabs/playground-referee.ts'
import type { Profile } from '../support/real-tabs/profile.ts'
import { signIn } from '../support/real-tabs/rounds.ts'
import type { TabHandle } from '../support/real-tabs/tab-handle.ts'
import { useRealTabs } from '../support/real-tabs/use-real-tabs.ts'

const DEATHS = [
  {
    death: 'closed',
    kill: (tab: TabHandle) => tab.close(),
    name: "the playground's server",
    start: playgroundReferee,
  },
  {
    death: 'crashed',
    kill: (tab: TabHandle) => tab.crash(),
    name: 'an OpenID provider',
    start: oidcReferee,
  },
]

/** The page stands still in the middle of the write of new tokens: before they are in the storage, or right after. */
function standStillAtWrite({ path, isWritten }: { path: string; isWritten: boolean }): void {
  const { setItem } = Storage.prototype
  Storage.prototype.setItem = function (key, value) {
    if (isWritten) setItem.call(this, key, value)
    const request = new XMLHttpRequest()
    request.open('GET', path, false)
    request.send()
  }
}

/** Resolves once so many tabs wait for the lock that another one has. */
async function waitForWaiting(tab: TabHandle, count: number): Promise<void> {
  const isWaiting = async (expected: number) => {
    const { pending = [] } = await navigator.locks.query()
    return pending.length >= expected
  }
  await tab.until(isWaiting, count)
}

describe.each(DEATHS)('a tab that is $death, with $name,', ({ kill, start }) => {
  const tabs = useRealTabs(start)

  interface Scene {
    profile: Profile
    /** Whose refresh it is. */
    victim: TabHandle
    /** Who needs a token as well. */
    survivor: TabHandle
    /** Who does nothing at all. */
    bystander: TabHandle
  }

  /** Three tabs with one session, whose access token has just died. */
  async function begin(): Promise<Scene> {
    const profile = await tabs.visit()
    const victim = await profile.open()
    await signIn([victim], tabs.referee)
    const [survivor, bystander] = await Promise.all([profile.open('/secret'), profile.open('/secret')])
    await tabs.referee.expire()
    return { profile, victim, survivor, bystander }
  }

  /** What the server counts while something is done. */
  async function counted(work: () => Promise<void>): Promise<{ refreshes: number; reuses: number }> {
    const { refreshes, reuses } = tabs.referee
    await work()
    return { refreshes: tabs.referee.refreshes - refreshes, reuses: tabs.referee.reuses - reuses }
  }

  /** The session goes on in all tabs that are left, with the last refresh token. */
  async function expectAlive(...left: TabHandle[]): Promise<void> {
    for (const tab of left) {
      expect(await tab.get()).toBe('200')
      expect(await tab.run(() => window.tab.store.status)).toBe('authenticated')
      expect(await tab.run(() => location.pathname)).toBe('/secret')
    }
    const kept = await left[0]!.run(() => window.tab.refreshToken())
    expect(await tabs.referee.takes(kept), 'the last refresh token is alive').toBe(true)
  }

  /** The session is over in all tabs that are left: each was told once, and sent to the login page once. */
  async function expectOver(...left: TabHandle[]): Promise<void> {
    for (const tab of left) {
      await tab.until(() => window.tab.store.status === 'expired')
      await tab.until(() => location.pathname === '/login')
      expect(await tab.get()).toBe('ERR_BAD_REQUEST')
      const log = await tab.run(() => window.tab.log)
      const values = (what: string) => log.flatMap((event) => (event.what === what ? [event.value] : []))
      expect(values('end')).toEqual(['expired'])
      expect(values('route')).toEqual(['/secret', '/login?redirect=/secret'])
      expect(await tab.storedTokens(tabs.referee.checkpoint.tokens)).toEqual([])
    }
  }

  test('while it waits for the refresh of another one leaves nothing behind', async () => {
    const { victim, survivor, bystander } = await begin()
    const hold = tabs.referee.checkpoint.hold('before')

    const count = await counted(async () => {
      const answer = survivor.get()
      await hold.reached
      void victim.get().catch(() => {})
      await waitForWaiting(bystander, 1)
      await kill(victim)
      hold.release()
      expect(await answer).toBe('200')
      expect(await bystander.get()).toBe('200')
    })

    expect(count).toEqual({ refreshes: 1, reuses: 0 })
    await expectAlive(survivor, bystander)
  })

  test('before its refresh has reached the server leaves the refresh to the next', async () => {
    const { victim, survivor, bystander } = await begin()
    const hold = tabs.referee.checkpoint.hold('before')

    const count = await counted(async () => {
      void victim.get().catch(() => {})
      await hold.reached
      const answer = survivor.get()
      await waitForWaiting(bystander, 1)
      await kill(victim)
      expect(await answer).toBe('200')
      hold.release()
      expect(await bystander.get()).toBe('200')
    })

    expect(count).toEqual({ refreshes: 1, reuses: 0 })
    await expectAlive(survivor, bystander)
  })

  test('before its refresh is answered ends the session, once in every tab', async () => {
    const { victim, survivor, bystander } = await begin()
    const hold = tabs.referee.checkpoint.hold('after')

    const count = await counted(async () => {
      void victim.get().catch(() => {})
      await hold.reached
      const answer = survivor.get()
      await waitForWaiting(bystander, 1)
      await kill(victim)
      expect(await answer).toBe('ERR_AUTH_EXPIRED')
      hold.release()
      await expectOver(survivor, bystander)
    })

    expect(count).toEqual({ refreshes: 2, reuses: 1 })
  })

  test('before it has stored the answer ends the session, once in every tab', async () => {
    const { victim, survivor, bystander } = await begin()
    const stall = tabs.pages.stall()
    await victim.run(standStillAtWrite, { path: STALL, isWritten: false })

    const count = await counted(async () => {
      void victim.get().catch(() => {})
      await stall.reached
      const answer = survivor.get()
      await waitForWaiting(bystander, 1)
      await kill(victim)
      expect(await answer).toBe('ERR_AUTH_EXPIRED')
      await expectOver(survivor, bystander)
    })

    expect(count).toEqual({ refreshes: 2, reuses: 1 })
  })

  test('right after it has stored the answer leaves new tokens to the others', async () => {
    const { victim, survivor, bystander } = await begin()
    const stall = tabs.pages.stall()
    await victim.run(standStillAtWrite, { path: STALL, isWritten: true })

    const count = await counted(async () => {
      void victim.get().catch(() => {})
      await stall.reached
      const answer = survivor.get()
      await kill(victim)
      expect(await answer).toBe('200')
      expect(await bystander.get()).toBe('200')
    })

    expect(count).toEqual({ refreshes: 1, reuses: 0 })
    await expectAlive(survivor, bystander)
  })
})
