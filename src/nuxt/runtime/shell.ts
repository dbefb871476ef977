/** Marks a request of the server to itself for a page that is not to be rendered. */
export const SHELL_HEADER = 'x-vue-auth-axios-shell'
