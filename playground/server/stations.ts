/** A weather station, as it is now. */
export interface Item {
  id: number
  name: string
  /** In °C. */
  temperature: number
  /** In km/h. */
  wind: number
  /** ISO 8601. */
  takenAt: string
}

const PLACES = [
  'Harbour',
  'Lighthouse',
  'North Ridge',
  'Old Mill',
  'Glacier Foot',
  'Saltmarsh',
  'Observatory',
  'Vineyard',
  'High Pass',
  'Quarry Lake',
  'Fell Bridge',
  'Airfield',
]

/** Readings drift with the time of day, so that a fresh one can be told from an old one. */
export function readStation(id: number): Item {
  const phase = Date.now() / 60_000 + id * 7
  return {
    id,
    name: PLACES[(id - 1) % PLACES.length] ?? '',
    temperature: Math.round((9 + 8 * Math.sin(id) + 1.5 * Math.sin(phase)) * 10) / 10,
    wind: Math.round(14 + 10 * Math.cos(id * 2) + 4 * Math.cos(phase * 3)),
    takenAt: new Date().toISOString(),
  }
}
