import type { TabHandle } from './tab-handle.ts'

/** Credentials that the playground's server takes. */
export const ADA = { username: 'ada', password: 'ada' }

/** Those of somebody else. */
export const BOB = { username: 'bob', password: 'bob' }

/** Signs somebody in, in one tab. */
export const logIn = (tab: TabHandle, who = ADA): Promise<void> =>
  tab.run((them) => window.tab.store.login(them), who)

/** Signs out, in one tab; says when. */
export const logOut = (tab: TabHandle): Promise<number> =>
  tab.run(async () => {
    const at = Date.now()
    await window.tab.store.logout()
    return at
  })
