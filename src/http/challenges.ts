/** One way in which a server asks a client to authenticate. */
export interface Challenge {
  /** In lower case: schemes are compared without regard to case. */
  readonly scheme: string
  /** Their names, in lower case, and values, in order. */
  readonly parameters: ReadonlyArray<readonly [name: string, value: string]>
}

/**
 * The pieces of a header, in order: a comma, a stray quoted string, or a word with what stands behind its `=`, quoted or
 * not. Every part of it ends at a character that it cannot begin with, so that no text is read more than twice.
 */
const PIECE =
  /,|"[^"\\]*(?:\\[^][^"\\]*)*\\?"?|([^\s,="]+)(?:\s*(=+)\s*(?:"([^"\\]*(?:\\[^][^"\\]*)*)\\?"?|([^\s,"]+))?)?/g

/**
 * Reads the challenges of `WWW-Authenticate`: one or several in a header, with parameters or a token68, in one header or
 * in several. What is malformed is passed over.
 *
 * @see RFC 9110 sections 11.2, 11.3 and 11.6.1
 */
export function challengesOf(header: string | readonly string[]): Challenge[] {
  return typeof header === 'string' ? challengesIn(header) : header.flatMap(challengesIn)
}

function challengesIn(header: string): Challenge[] {
  const challenges: Challenge[] = []
  let parameters: Array<[string, string]> = []
  let followsScheme = false
  for (const [, word, equals, quoted, plain] of header.matchAll(PIECE)) {
    const value = quoted?.replace(/\\([^])/g, '$1') ?? plain
    const wasScheme = followsScheme
    followsScheme = false
    if (word === undefined) continue
    if (value !== undefined || (equals && !wasScheme)) {
      parameters.push([word.toLowerCase(), value ?? ''])
    } else if (!wasScheme) {
      parameters = []
      challenges.push({ scheme: word.toLowerCase(), parameters })
      followsScheme = true
    } // else a token68, such as that of Negotiate
  }
  return challenges
}
