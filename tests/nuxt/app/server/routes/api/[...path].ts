// The API as the browser reaches it, on the origin of the page.
export default defineEventHandler((event) =>
  proxyRequest(event, `${useRuntimeConfig(event).authAxios.serverBaseURL}${event.path.slice('/api'.length)}`),
)
