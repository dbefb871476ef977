import { startWorker } from '../process/arena.ts'
import { OURS } from '../roster.ts'
import { type Figure, figureOf } from '../statistics.ts'
import type { Pace } from './measurement.ts'

/** How long it takes until an instance can be used, in µs. */
export interface StartRow {
  name: string
  us: Figure
}

/** 7. Start: from `app.use` to an instance that can be used. */
export async function measureStart({ quick, tell }: Pace): Promise<StartRow[]> {
  tell('from app.use to a usable instance')
  const worker = startWorker(OURS)
  try {
    const figures = await worker.ask('start', { count: quick ? 50 : 500 })
    return [
      { name: 'axios.create and one interceptor', us: figureOf(figures.axios) },
      { name: 'app.use(authAxios), the call', us: figureOf(figures.use) },
      { name: 'until ready, nothing stored', us: figureOf(figures.fresh) },
      { name: 'until ready, a stored session', us: figureOf(figures.restored) },
    ]
  } finally {
    await worker.close()
  }
}
