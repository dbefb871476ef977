import { styleText } from 'node:util'
import { times } from '../support/outcomes.ts'
import { oidcReferee } from '../support/real-tabs/oidc-referee.ts'
import { bundle, servePages } from '../support/real-tabs/pages.ts'
import { playgroundReferee } from '../support/real-tabs/playground-referee.ts'
import type { Referee } from '../support/real-tabs/referee.ts'
import { type Figures, playRounds } from '../support/real-tabs/rounds.ts'
import { haveSeparateProcesses } from '../support/real-tabs/separate-processes.ts'
import { TestBrowser } from '../support/real-tabs/test-browser.ts'

// Plays the rounds of tests/tabs/rounds.test.ts with what the field does and with this library, and prints both.

const ROUNDS = Number(process.env.TAB_ROUNDS ?? 300)

const CONTESTANTS = [
  { name: 'a Web Lock, then localStorage again', entry: 'tests/bench/recipe-tab.ts' },
  { name: 'vue-auth-axios', entry: 'tests/browser/pages/tab.ts' },
]

const TABLES = [
  { tabs: 2, rounds: ROUNDS },
  { tabs: 5, rounds: Math.ceil(ROUNDS / 5) },
]

async function contest(
  browser: TestBrowser,
  referee: Referee,
  entry: string,
  { tabs, rounds }: { tabs: number; rounds: number },
): Promise<Figures> {
  const pages = await servePages(await bundle(entry), referee.listen)
  const profile = await browser.createProfile(pages.origin, referee.settings)
  try {
    const open = await Promise.all(times(tabs, () => profile.open()))
    if (!(await haveSeparateProcesses(open, pages))) throw new Error('The tabs share a process.')
    return await playRounds(open, referee, rounds)
  } finally {
    await profile.close()
    await pages.close()
  }
}

function print(...columns: Array<string | number>): void {
  const widths = [38, 24, 5, 7, 10, 7, 6]
  const line = columns.map((text, index) =>
    index < 2 ? String(text).padEnd(widths[index] ?? 0) : String(text).padStart(widths[index] ?? 0),
  )
  process.stdout.write(`${line.join(' ')}\n`)
}

const browser = await TestBrowser.launch()
process.stdout.write(styleText('bold', `Chromium ${browser.version}\n`))
print('', 'server', 'tabs', 'rounds', 'refreshes', 'reuses', 'lost')
for (const start of [oidcReferee, playgroundReferee]) {
  for (const table of TABLES) {
    for (const { name, entry } of CONTESTANTS) {
      const referee = await start()
      const { rounds, refreshes, reuses, lost } = await contest(browser, referee, entry, table)
      print(name, referee.name, table.tabs, rounds, refreshes, reuses, lost)
      await referee.close()
    }
  }
}
await browser.close()
