import { createPinia } from 'pinia'
import type { App } from 'vue'
import { authAxios } from 'vue-auth-axios'
import { type OAuth2Backend, oauth2Backend } from 'vue-auth-axios/oauth2'
import type { Router } from 'vue-router'

/**
 * Sets up an app whose visitors sign in at a provider; its tokens are bound to a key of this browser.
 *
 * The login page calls `oauth.signIn()`; the page `/oauth2/callback` finishes the sign-in:
 *
 * ```ts
 * const { tokens, returnTo } = await oauth.handleCallback()
 * await auth.setTokens(tokens, { redirect: returnTo })
 * ```
 */
export function setUpOAuth2(
  app: App,
  router: Router,
  axios = { baseURL: '/oidc/api' },
  issuer = `${location.origin}/oidc`,
): OAuth2Backend {
  const oauth = oauth2Backend({
    issuer,
    // As it is registered with the provider, and so are both addresses.
    clientId: 'playground',
    redirectUri: '/oauth2/callback',
    postLogoutRedirectUri: '/oauth2',
    // The user is read from the ID token; `offline_access` asks for a refresh token.
    scope: 'openid profile offline_access',
    // A token that is stolen is of no use without the key, and the key cannot leave this browser.
    dpop: true,
  })
  app.use(createPinia()).use(router).use(authAxios, { axios, backend: oauth, homeRoute: '/dashboard' })
  return oauth
}
