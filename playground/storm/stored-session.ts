/** Tokens, as the server sends them. */
export interface StoredTokens {
  access_token: string
  refresh_token: string
}

/** A session that all tabs find in `localStorage`, as hand-written interceptors keep it. */
export interface StoredSession {
  read(): StoredTokens | null
  write(tokens: StoredTokens): void
  /** Forgets the tokens, and leads to the sign-in page. */
  end(): void
}

/** Makes it; `onEnd` stands for the way to the sign-in page. */
export function storedSession(key: string, onEnd: () => void): StoredSession {
  return {
    read: () => JSON.parse(localStorage.getItem(key) ?? 'null'),
    write: (tokens) => localStorage.setItem(key, JSON.stringify(tokens)),
    end() {
      localStorage.removeItem(key)
      onEnd()
    },
  }
}
