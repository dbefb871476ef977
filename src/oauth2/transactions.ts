/** What has to be known when the provider sends a visitor back. */
export interface Transaction {
  verifier: string
  /** With OpenID Connect alone. */
  nonce: string | null
  /** In seconds. */
  maxAge: string | null
  returnTo: string
}

/** The sign-ins that are under way in this tab, each under its state, so that two do not disturb each other. */
export interface Transactions {
  keep(state: string, transaction: Transaction): void
  /** Gives what was kept, once. */
  take(state: string): Transaction | null
}

/** Keeps the sign-ins at one provider. No other tab sees them, and no other provider's answer finds one. */
export function createTransactions(provider: string): Transactions {
  const keyOf = (state: string) => `vue-auth-axios:${provider}:${state}`
  return {
    keep: (state, transaction) => sessionStorage.setItem(keyOf(state), JSON.stringify(transaction)),
    take(state) {
      const text = sessionStorage.getItem(keyOf(state))
      sessionStorage.removeItem(keyOf(state))
      return JSON.parse(text!) // null reads as null
    },
  }
}
