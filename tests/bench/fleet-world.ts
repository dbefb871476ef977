/** What the library's functions ask the device for, in hand of a simulation. */
export interface SimulatedWorld {
  /** In ms; both clocks of the device show it. */
  now: number
}

/**
 * Runs something synchronous in a world whose clocks stand where it sets them and whose chance is given, so that the
 * library's own functions can be simulated as they are.
 */
export function inSimulatedWorld<T>(random: () => number, work: (world: SimulatedWorld) => T): T {
  const device = { random: Math.random, wallClock: Date.now }
  const world: SimulatedWorld = { now: 0 }
  const clock = () => world.now
  Math.random = random
  Date.now = clock
  // An own property in front of the prototype's method.
  performance.now = clock
  try {
    return work(world)
  } finally {
    Math.random = device.random
    Date.now = device.wallClock
    Reflect.deleteProperty(performance, 'now')
  }
}
