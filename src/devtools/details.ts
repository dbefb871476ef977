import { statusOf } from '../session/failure.ts'

/** What may be shown of an error: never its text or its answer, which are a server's, and may hold anything. */
export function detailsOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return {}
  const { code } = error as { code?: unknown }
  const status = statusOf(error)
  return {
    error: error.name,
    ...(typeof code === 'string' && { errorCode: code }),
    ...(typeof status === 'number' && { status }),
  }
}
