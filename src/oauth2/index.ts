export { oauth2Backend } from './backend.ts'
export { OAuth2Error, type OAuth2ErrorCode, type OAuth2Response } from './errors.ts'
export type {
  ChallengeResponse,
  ExtraParameters,
  OAuth2Backend,
  OAuth2BackendOptions,
  Open,
  SignInOptions,
  SignOutOptions,
  SignedIn,
} from './options.ts'
