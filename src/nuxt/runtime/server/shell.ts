import { type ServerEvent, defineEventHandler, getRequestHeader } from '#imports'
import { SHELL_HEADER } from '../shell.ts'

/** Requests of the server to itself alone: nobody else can ask for less than there is, and have it cached for others. */
const isInternal = ({ node }: ServerEvent) => '__unenv__' in node.req

export default defineEventHandler((event) => {
  if (!isInternal(event) || !getRequestHeader(event, SHELL_HEADER)) return
  event.context.nuxt = { ...Object(event.context.nuxt), noSSR: true }
})
