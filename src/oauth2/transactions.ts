/** What has to be known when the provider sends a visitor back. */
export interface Transaction {
  verifier: string
  /** The nonce that the ID token has to have; with OpenID Connect alone. */
  expectedNonce?: string
  /** How old the visitor's authentication may be at most, in seconds. */
  maxAge?: number
  returnTo: string
}

/** The sign-ins that are under way in this tab, each under its state, so that two do not disturb each other. */
export interface Transactions {
  /** Keeps what is known; what is undefined is left out. */
  keep(state: string, transaction: { [Name in keyof Transaction]: Transaction[Name] | undefined }): void
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
