/** Whether there is a page; a server that renders has none, even where it has a `navigator`. */
export const inBrowser = (): boolean => typeof document !== 'undefined'
