/** The cookies of a request, by name. */
export const parseCookies = (header = ''): Record<string, string> =>
  Object.fromEntries(
    header.split('; ').flatMap((pair) => {
      const [name = '', ...value] = pair.split('=')
      return name ? [[name, value.join('=')]] : []
    }),
  )
