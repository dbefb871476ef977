import type { Context } from 'hono'
import { InvalidInputError } from './input.ts'

/** Answers what went wrong: 400 where it was the caller's doing. */
export function answerError(error: Error, c: Context): Response {
  if (error instanceof InvalidInputError) {
    return c.json({ error: 'invalid_request', message: error.message }, 400)
  }
  console.error(error)
  return c.json({ error: 'server_error' }, 500)
}
