import { type Row, TRIALS } from './visit.ts'

/** What became of one server: a row, or why there is none. */
export interface Result {
  name: string
  setupName: string
  version?: string
  row?: Row
  missing?: string
  /** Whether it could have been tried, and failed. */
  isBroken?: boolean
}

const LEGEND =
  'Printed by `npm run test:servers`: the status of a refusal; how many of 50 requests succeeded, and by how many refreshes; whether a ' +
  'session is over at the server once it is signed out. `none`: no token there that could be dead.'

/** The results as a table of Markdown. */
export function table(results: readonly Result[]): string {
  const lines = [
    '# What came of the servers',
    '',
    LEGEND,
    '',
    `| server | ${TRIALS.join(' | ')} |`,
    `|---|${TRIALS.map(() => '---').join('|')}|`,
    ...results.flatMap(({ name, version, row }) =>
      row ? [`| ${name} ${version ?? ''} | ${TRIALS.map((trial) => row[trial].text).join(' | ')} |`] : [],
    ),
  ]
  const missing = results.filter(({ row }) => !row)
  const rest = missing.map(({ name, missing: why }) => `- ${name}: ${why ?? ''}`)
  return [
    ...lines,
    ...(rest.length > 0 ? ['', 'Not tried against the real one:', '', ...rest] : []),
    '',
  ].join('\n')
}
