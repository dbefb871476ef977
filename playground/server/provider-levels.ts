/** What a session is called that was begun with a second factor. */
export const STRONG = 'urn:playground:second-factor'

/** How long a strong session is strong enough for what is risky, in seconds. */
export const STRONG_FOR = 300
