import { inject } from 'vue'
import { type Wire, wireKey } from './wire.ts'

/** Gets the wire of the playground. */
export function useWire(): Wire {
  const wire = inject(wireKey)
  if (!wire) throw new Error('No wire was provided: call app.provide(wireKey, createWire(baseURL)).')
  return wire
}
