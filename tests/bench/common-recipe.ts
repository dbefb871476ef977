/** Tokens as servers send them, and as they are kept. */
export interface Tokens {
  access_token: string
  refresh_token: string
}

/**
 * The field's common recipe for one refresh among many tabs: a Web Lock, and inside it another look at `localStorage`,
 * as other tabs may have refreshed meanwhile. `used` is what this tab had when it found out that it needs new tokens.
 */
export function refreshOnce(
  key: string,
  used: Tokens,
  refresh: (refreshToken: string) => Promise<Tokens>,
): Promise<Tokens> {
  return navigator.locks.request(key, async () => {
    const stored: Tokens = JSON.parse(localStorage.getItem(key) ?? 'null')
    if (stored.refresh_token !== used.refresh_token) return stored
    const fresh = await refresh(stored.refresh_token)
    localStorage.setItem(key, JSON.stringify(fresh))
    return fresh
  })
}
