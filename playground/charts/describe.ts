import { fateOf } from '../wire/call.ts'
import { formatSpan } from '../wire/format.ts'
import type { Row } from './waterfall.ts'

/** Tells a row in a sentence. */
export function describe({ label, calls }: Row, start: number): string {
  const told = calls.map((call, index) => {
    const verb = index > 0 ? 'sent again' : 'sent'
    const waited = call.sentAt - call.wantedAt
    const wait = waited > 1 ? `waited ${formatSpan(waited)}, ` : ''
    const sent = `${wait}${verb} at ${formatSpan(call.sentAt - start)}`
    if (call.endedAt === undefined) return `${sent}, no answer yet`
    return `${sent}, ${outcomeOf(call)} at ${formatSpan(call.endedAt - start)}`
  })
  return `${label}: ${told.join('; ')}.`
}

function outcomeOf(call: Row['calls'][number]): string {
  const fate = fateOf(call)
  if (fate === 'answered') return 'answered'
  return typeof call.outcome === 'number' ? `answered ${call.outcome}` : `failed (${call.outcome})`
}
