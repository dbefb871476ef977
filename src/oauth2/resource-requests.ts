import axios, { AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import {
  type DPoPHandle,
  type WWWAuthenticateChallenge,
  allowInsecureRequests,
  customFetch,
  processRevocationResponse,
  protectedResourceRequest,
} from 'oauth4webapi'
import type { ChallengeResponse } from './options.ts'

// Requests to an API are sent by axios. oauth4webapi is shown as much of them as it needs to sign proofs and to read
// challenges: it is tested for that.

/** Where a request goes, as axios puts it together, without its query. */
export const urlOf = ({
  baseURL = '',
  url = '',
  allowAbsoluteUrls = true,
}: InternalAxiosRequestConfig): URL =>
  new URL(axios.getUri({ baseURL, url, allowAbsoluteUrls }), globalThis.document?.baseURI)

/** Signs the proof for a request. */
export async function proofFor(
  accessToken: string,
  config: InternalAxiosRequestConfig,
  DPoP: DPoPHandle,
): Promise<string> {
  let proof: string | undefined
  await protectedResourceRequest(accessToken, config.method ?? 'get', urlOf(config), undefined, null, {
    DPoP,
    [allowInsecureRequests]: true,
    async [customFetch](_url, { headers }) {
      proof = headers.dpop
      return new Response()
    },
  })
  return proof!
}

/** A header of an answer; empty where it is missing. */
export const headerOf = ({ headers }: ChallengeResponse, name: string): string =>
  String(AxiosHeaders.from(headers as AxiosHeaders).get(name) ?? '')

/** The error that oauth4webapi makes of the challenges in an answer. */
export function refusalOf(response: ChallengeResponse | AxiosResponse): Promise<unknown> {
  const headers = { 'www-authenticate': headerOf(response, 'www-authenticate') }
  return processRevocationResponse(new Response(null, { status: 401, headers })).catch((error) => error)
}

/** What the challenges in an answer say, together. */
export async function challengeOf(response: ChallengeResponse): Promise<Record<string, string | undefined>> {
  const { cause } = (await refusalOf(response)) as { cause?: WWWAuthenticateChallenge[] }
  return Object.assign({}, ...[cause].flat().map((challenge) => challenge?.parameters))
}
