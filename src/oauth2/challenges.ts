import { AxiosHeaders } from 'axios'
import { type WWWAuthenticateChallenge, processRevocationResponse } from 'oauth4webapi'
import type { ChallengeResponse } from './options.ts'

/** A header of an answer; empty where it is missing. */
export const headerOf = ({ headers }: ChallengeResponse, name: string): string =>
  String(AxiosHeaders.from(headers as AxiosHeaders).get(name) ?? '')

/** The error that oauth4webapi makes of the challenges in an answer, wherever it is from. */
export function refusalOf(response: ChallengeResponse): Promise<unknown> {
  const headers = { 'www-authenticate': headerOf(response, 'www-authenticate') }
  return processRevocationResponse(new Response(null, { status: 401, headers })).catch((error) => error)
}

/** What the challenges in an answer say, together. */
export async function challengeOf(response: ChallengeResponse): Promise<Record<string, string | undefined>> {
  const { cause } = (await refusalOf(response)) as { cause?: WWWAuthenticateChallenge[] }
  return Object.assign({}, ...[cause].flat().map((challenge) => challenge?.parameters))
}
