import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { linksToTheRepository, plainAnchors } from './links.ts'
import { sequenceDiagrams } from './sequence-diagrams.ts'

const REPOSITORY = 'https://github.com/vue-auth-axios/vue-auth-axios'

const ICON =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 32 32%22%3E%3Cpath d=%22M6 16a10 10 0 1 1 3 7M6 16v-7M6 16h7%22 fill=%22none%22 stroke=%22%233a8f6f%22 stroke-width=%224%22/%3E%3C/svg%3E'

const page = (text: string, link: string) => ({ text, link })

/** Whether a page has been written. */
const isThere = ({ link }: { link: string }) => existsSync(join(import.meta.dirname, `..${link}.md`))

export default defineConfig({
  title: 'vue-auth-axios',
  description: 'An axios instance for Vue that survives every 401.',
  lang: 'en',
  head: [['link', { rel: 'icon', href: ICON }]],
  // Relative addresses of files that are no page lead to the repository, in the built pages alone.
  markdown: {
    anchor: { slugify: plainAnchors },
    config(md) {
      md.use(linksToTheRepository, `${REPOSITORY}/blob/main/`)
      md.use(sequenceDiagrams)
    },
  },
  rewrites: { 'README.md': 'index.md' },
  themeConfig: {
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    outline: [2, 3],
    sidebar: [
      {
        text: 'Begin',
        items: [
          page('Overview', '/'),
          page('Getting started', '/getting-started'),
          page('Your server', '/servers'),
          page('Setups for servers', '/setups'),
          page('Servers that were tried', '/servers-table'),
          page('Migrating', '/migrating'),
          page('FAQ', '/faq'),
        ],
      },
      {
        text: 'Guides',
        items: [
          page('Keeping a session', '/sessions'),
          page('Requests', '/requests'),
          page('Routes', '/routes'),
          page('Errors', '/errors'),
          page('Recipes', '/recipes'),
          page('OAuth 2', '/oauth'),
          page('Rendering on a server', '/rendering'),
          page('Nuxt', '/nuxt'),
          page('Clusters', '/clusters'),
          page('Testing', '/testing'),
          page('Devtools', '/devtools'),
        ].filter(isThere),
      },
      {
        text: 'Behind it',
        items: [page('How it works', '/how-it-works'), page('Benchmark', '/benchmark')],
      },
      { text: 'Reference', items: [page('API', '/api/')] },
    ],
  },
})
