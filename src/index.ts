import './augmentations.ts'

export { authAxios, createAuthAxios, type AuthAxios } from './plugin.ts'
export { useHttp } from './injection.ts'
export {
  useAuthStore,
  type AuthActions,
  type AuthGetters,
  type AuthState,
  type AuthStore,
} from './store/auth-store.ts'
export {
  httpBackend,
  type HttpBackendOptions,
  type HttpCredentials,
  type LogoutSettings,
} from './backends/http-backend.ts'
export type { Endpoint, EndpointHeaders, EndpointSettings, JsonBody } from './backends/endpoint.ts'
export { AuthError, isAuthError, type AuthErrorCode } from './errors.ts'
export type { AuthAxiosOptions } from './options.ts'
export type { LoginOptions, SetTokensOptions } from './session/sign-in.ts'
export type { LogoutOptions } from './session/sign-out.ts'
export type {
  AuthBackend,
  AuthCredentials,
  AuthStatus,
  AuthStorage,
  AuthTokens,
  AuthUser,
  Awaitable,
  BackendContext,
  SessionEndDetails,
  SessionEndReason,
  TokenReply,
  TypesConfig,
} from './types.ts'
