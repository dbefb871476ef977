import { betterAuthJwts, betterAuthSessions, betterAuthTokens } from './better-auth.ts'
import { directusInCookie, directusTokens } from './directus.ts'
import { djangoRestSessions, djangoSimpleJwt } from './django.ts'
import { laravelSanctum } from './laravel.ts'
import { nginxAuthRequest, nginxBasic } from './nginx.ts'
import { nodeOauth } from './oauth2.ts'
import type { RealServer } from './real-server.ts'
import { strapiInCookie, strapiTokens } from './strapi.ts'

/** Every server that can be had from npm or Debian, in the order of the table. */
export const fleet: RealServer[] = [
  djangoSimpleJwt,
  djangoRestSessions,
  laravelSanctum,
  directusTokens,
  directusInCookie,
  strapiTokens,
  strapiInCookie,
  betterAuthSessions,
  betterAuthJwts,
  betterAuthTokens,
  nodeOauth,
  nginxAuthRequest,
  nginxBasic,
]

/** Setups whose server can be had from neither: they are tried against replicas in `npm test` alone. */
export const elsewhere: ReadonlyArray<{ name: string; setupName: string; why: string }> = [
  { name: 'tymon/jwt-auth', setupName: 'tymonJwt', why: 'a package of Packagist' },
  { name: 'devise-jwt', setupName: 'deviseJwt', why: 'a package of RubyGems' },
  { name: 'JWTs in HttpOnly cookies', setupName: 'jwtCookies', why: 'a way of doing it, not a product' },
]
