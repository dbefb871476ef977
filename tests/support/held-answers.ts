import { type RecordingAdapter, type Said, recordingAdapter } from './recording-adapter.ts'

/** A server that lets one access token in, and gives its answers when the test says so. */
export interface HeldAnswers extends RecordingAdapter {
  /** The access token that is let in. */
  valid: string
  /** The paths whose answers wait. */
  readonly held: Set<string>
  /** Gives the answers to a path, as they were decided when the requests arrived. */
  release(path: string): void
}

/** Makes such a server. */
export function heldAnswers(): HeldAnswers {
  const held = new Set<string>()
  const waiting: { path: string; give(): void }[] = []
  const wire = recordingAdapter(({ headers, url: path = '' }) => {
    const said: Said =
      headers.get('Authorization') === `Bearer ${server.valid}` ? { data: path } : { status: 401 }
    if (!held.has(path)) return said
    return new Promise((resolve) => waiting.push({ path, give: () => resolve(said) }))
  })
  const server: HeldAnswers = {
    ...wire,
    valid: 'AT1',
    held,
    release(path) {
      held.delete(path)
      for (const answer of waiting) if (answer.path === path) answer.give()
    },
  }
  return server
}
