export { createTestingAuth, type TestingAuth, type TestingAuthOptions } from './testing-auth.ts'
export {
  authHandlers,
  type AuthHandlers,
  type AuthHandlersOptions,
  type AuthHandlersStats,
  type TestingUser,
} from './auth-handlers.ts'
