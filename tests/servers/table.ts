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

/** The results as a table of Markdown. */
export function table(results: readonly Result[]): string {
  const lines = [
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
