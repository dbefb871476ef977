import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const SCHEMA = `
  create table if not exists users (
    id integer primary key,
    username text not null unique,
    password text not null,
    name text not null,
    role text not null
  ) strict;
  create table if not exists sessions (
    id text primary key,
    user_id integer not null references users on delete cascade,
    started_at integer not null,
    ended_at integer
  ) strict;
  create table if not exists refresh_tokens (
    hash text primary key,
    session_id text not null references sessions on delete cascade,
    used_at integer
  ) strict;
  create index if not exists refresh_tokens_by_session on refresh_tokens (session_id);
`

/** Opens the database at a path, or a fresh one for `':memory:'`, and sees to its tables. */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  // Two servers on one file wait for each other instead of failing.
  const database = new DatabaseSync(path, { timeout: 2_000 })
  database.exec('pragma journal_mode = wal')
  database.exec(SCHEMA)
  return database
}
