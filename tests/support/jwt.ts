const part = (text: string): string => Buffer.from(text).toString('base64url')

/** A token in the form of a JWT with such a payload, JSON or not; nobody here checks its signature. */
export const jwtOf = (payload: string): string => `${part('{"alg":"none"}')}.${part(payload)}.c2lnbmF0dXJl`

/** A token in the form of a JWT with these claims. */
export const jwt = (claims: unknown): string => jwtOf(JSON.stringify(claims))
