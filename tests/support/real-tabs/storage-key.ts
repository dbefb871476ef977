/** Under what name an identity stores its session, and shares whatever it shares. */
export const storageKey = (id = 'authAxios'): string => `vue-auth-axios:${id}`
