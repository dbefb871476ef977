import type { DatabaseSync } from 'node:sqlite'
import { hashPassword, verifyPassword } from './passwords.ts'

/** A user as the API shows one. */
export interface User {
  id: number
  username: string
  name: string
  role: 'admin' | 'member'
}

/** Finds users. */
export interface Users {
  find(id: number): User | undefined
  /** Resolves with the user whose name and password these are. */
  authenticate(username: string, password: string): Promise<User | undefined>
}

/** No password has this hash. */
const DECOY = 'none.none'

const SEEDS = [
  { username: 'ada', password: 'ada', name: 'Ada Lovelace', role: 'admin' },
  { username: 'bob', password: 'bob', name: 'Bob Kahn', role: 'member' },
]

/** Gives access to the users of a database, and puts the seeded ones into an empty one. */
export async function createUsers(database: DatabaseSync): Promise<Users> {
  await seed(database)
  const byId = database.prepare('select id, username, name, role from users where id = ?')
  const byName = database.prepare('select id, password from users where username = ?')

  function find(id: number): User | undefined {
    return byId.get(id) as User | undefined
  }

  async function authenticate(username: string, password: string): Promise<User | undefined> {
    const row = byName.get(username) as { id: number; password: string } | undefined
    // An unknown name costs as long as a wrong password, so that the time tells nothing.
    const matches = await verifyPassword(password, row?.password ?? DECOY)
    return row && matches ? find(row.id) : undefined
  }

  return { find, authenticate }
}

async function seed(database: DatabaseSync): Promise<void> {
  if (database.prepare('select 1 from users').get()) return
  const insert = database.prepare(
    'insert or ignore into users (username, password, name, role) values (?, ?, ?, ?)',
  )
  const hashes = await Promise.all(SEEDS.map((user) => hashPassword(user.password)))
  SEEDS.forEach((user, index) => insert.run(user.username, hashes[index] ?? DECOY, user.name, user.role))
}
