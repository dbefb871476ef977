import type { RemoteTab } from './protocol.ts'

/** Credentials that the playground's server takes. */
export const ADA = { username: 'ada', password: 'ada' }

/** Those of somebody else. */
export const BOB = { username: 'bob', password: 'bob' }

/** Signs somebody in, in one tab. */
export const logIn = (tab: RemoteTab, who = ADA): Promise<void> =>
  tab.run((them) => window.tab.store.login(them), who)

/** Signs out, in one tab; says when. */
export const logOut = (tab: RemoteTab): Promise<number> =>
  tab.run(async () => {
    const at = Date.now()
    await window.tab.store.logout()
    return at
  })
