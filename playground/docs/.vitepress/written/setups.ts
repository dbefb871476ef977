import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT } from './project.ts'

const INTRODUCTION = `# Setups for servers

Written by \`npm run docs:write\` from [the files that the tests run](../setups/servers): each is tried against its real server by \`npm run test:servers\`
([what came of it](servers-table.md)), and against a replica by \`npm test\`. Spread one into the options:

\`\`\`ts
import { authAxios } from 'vue-auth-axios'
import { simpleJwt } from './simple-jwt'

app.use(authAxios, { ...simpleJwt, loginRoute: '/sign-in' })
\`\`\`
`

const SETUPS: [title: string, file: string][] = [
  ['Django SimpleJWT', 'simple-jwt'],
  ['Django sessions', 'django-sessions'],
  ['Laravel Sanctum', 'sanctum'],
  ['Laravel with tymon/jwt-auth', 'tymon-jwt'],
  ['Directus', 'directus'],
  ['Strapi', 'strapi'],
  ['better-auth', 'better-auth'],
  ['Token endpoint', 'token-endpoint'],
  ['nginx in front', 'behind-a-proxy'],
  ['JWTs in cookies', 'jwt-cookies'],
  ['Rails with devise-jwt', 'devise-jwt'],
]

/** The page that shows what is set up for each server. */
export function setupsPage(): string {
  const sections = SETUPS.map(([title, file]) => {
    const code = readFileSync(join(PROJECT, 'playground/setups/servers', `${file}.ts`), 'utf8')
    return `## ${title}\n\n\`\`\`ts [${file}.ts]\n${code}\`\`\`\n`
  })
  return [INTRODUCTION, ...sections].join('\n')
}
