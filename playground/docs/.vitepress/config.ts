import { defineConfig } from 'vitepress'
import { linksToTheRepository, plainAnchors } from './links.ts'
import { sequenceDiagrams } from './sequence-diagrams.ts'

const REPOSITORY = 'https://github.com/vue-auth-axios/vue-auth-axios'

const page = (text: string, link: string) => ({ text, link })

export default defineConfig({
  title: 'vue-auth-axios',
  description: 'An axios instance for Vue that survives every 401.',
  lang: 'en',
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
        ],
      },
      {
        text: 'Behind it',
        items: [page('How it works', '/how-it-works'), page('Benchmark', '/benchmark')],
      },
      { text: 'Reference', items: [page('API', '/api/')] },
    ],
  },
})
