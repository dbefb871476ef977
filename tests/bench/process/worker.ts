import { cycle } from '../jobs/cycles.ts'
import { allocate, loopback, prepare, spin } from '../jobs/idle.ts'
import { rush } from '../jobs/rush.ts'
import { start } from '../jobs/start.ts'
import { retain } from '../jobs/waiting.ts'
import { serve } from './remote.ts'

// The process of one contestant.

const handlers = { allocate, cycle, loopback, prepare, retain, rush, spin, start }

/** What the process of a contestant can be asked to do. */
export type WorkerHandlers = typeof handlers

serve(handlers)
