export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  telemetry: false,
  devtools: { enabled: false },
  sourcemap: false,
  app: { head: { link: [{ rel: 'icon', href: 'data:,' }] } },
  modules: ['@pinia/nuxt', 'vue-auth-axios/nuxt'],
  authAxios: {
    baseURL: '/api',
    // NUXT_PUBLIC_AUTH_AXIOS_REFRESH_ON_SERVER makes it 'never', so that one build serves the tests of both.
    refreshOnServer: 'shared',
    forbiddenRoute: '/forbidden',
  },
})
