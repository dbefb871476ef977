/** A user as an API may send one. */
export const ada = { id: 1, username: 'ada', name: 'Ada Lovelace', role: 'admin' as const }

/** Another one. */
export const bob = { id: 2, username: 'bob', name: 'Bob Kahn', role: 'member' as const }
