import type { Context } from 'hono'

/** What a caller got wrong; the app answers it with 400. */
export class InvalidInputError extends Error {
  override name = 'InvalidInputError' as const
}

/** Reads a body that must be a JSON object. */
export async function readObject(c: Context): Promise<Record<string, unknown>> {
  const body = parse(await c.req.text())
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InvalidInputError('The body must be a JSON object.')
  }
  return body as Record<string, unknown>
}

/** Reads a body that may be missing. */
export async function readOptionalObject(c: Context): Promise<Record<string, unknown>> {
  return (await c.req.text()) === '' ? {} : readObject(c)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads a member that must be a string with something in it. */
export function readText(body: Record<string, unknown>, member: string): string {
  const value = body[member]
  if (typeof value !== 'string' || value === '') {
    throw new InvalidInputError(`"${member}" must be a string that is not empty.`)
  }
  return value
}

/** Reads a whole number, as paths and queries spell it, within bounds. */
export function readInteger(text: string, name: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most)) {
    throw new InvalidInputError(`"${name}" must be a whole number from ${least} to ${most}.`)
  }
  return value
}
