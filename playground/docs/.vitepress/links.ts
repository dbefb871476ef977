import { posix } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

/** Where the pages are, below the project. */
const DOCS = 'playground/docs'

/** The anchor of a heading as GitHub makes it, so that one address serves there and here. */
export const plainAnchors = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')

/** Leads relative links that leave the pages to the repository: what is no page here can be read there. */
export function linksToTheRepository(md: MarkdownRenderer, repository: string): void {
  const open = md.renderer.rules.link_open
  md.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const token = tokens[index]
    const href = token?.attrGet('href')
    if (token && href) token.attrSet('href', targetOf(href, String(env.relativePath), repository))
    return open ? open(tokens, index, options, env, self) : self.renderToken(tokens, index, options)
  }
}

function targetOf(href: string, page: string, repository: string): string {
  if (/^([a-z]+:|#|\/)/.test(href)) return href
  const [path = '', hash] = href.split('#')
  const target = posix.join(DOCS, posix.dirname(page), path)
  const isPage = target.startsWith(`${DOCS}/`) && target.endsWith('.md')
  return isPage ? href : `${repository}${target}${hash ? `#${hash}` : ''}`
}
