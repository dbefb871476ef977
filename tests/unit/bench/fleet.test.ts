import { describe, expect, it } from 'vitest'
import { CANDIDATES, jitterOff, jitterOn } from '../../bench/fleet-rules.ts'
import { type Fleet, type FleetReport, type Outage, simulate } from '../../bench/fleet-simulation.ts'

const SECOND = 1000
const LIFETIME = 300 * SECOND
const CLIENTS = 2_000

const fleet = (more: Partial<Fleet> = {}): FleetReport =>
  simulate({
    seed: 1,
    clients: CLIENTS,
    signIns: SECOND,
    lifetime: LIFETIME,
    leeway: 30,
    pause: 5 * SECOND,
    latency: 50,
    dueAt: jitterOn,
    outage: null,
    end: 1.5 * LIFETIME,
    ...more,
  })

const outage = (more: Partial<Outage> = {}): Outage => ({
  from: LIFETIME - 45 * SECOND,
  until: LIFETIME + 30 * SECOND,
  retryAfter: null,
  ...more,
})

const peak = ({ arrivals }: FleetReport) => Math.max(...arrivals)

describe('a fleet of clients whose tokens end together', () => {
  it('meets the token endpoint in a lower peak where jitter spreads it', () => {
    expect(peak(fleet())).toBeLessThan(peak(fleet({ dueAt: jitterOff })) / 2)
  })

  it('refreshes once a client, and nobody is left without a token', () => {
    const { arrivals, granted, stranded } = fleet()

    expect(granted).toBe(CLIENTS)
    expect(arrivals.reduce((total, rate) => total + rate, 0)).toBe(CLIENTS)
    expect(stranded).toBe(0)
  })

  it('asks at the start of the leeway, or up to half of one before, where every client has a request to send', () => {
    const { arrivals, waitedFor } = fleet({ pause: SECOND })
    const end = LIFETIME / SECOND

    expect(arrivals.findIndex((rate) => rate > 0)).toBeGreaterThanOrEqual(end - 45)
    expect(arrivals.findIndex((rate) => rate > 0)).toBeLessThan(end - 40)
    expect(arrivals.findLastIndex((rate) => rate > 0)).toBeLessThan(end - 10)
    expect(waitedFor).toBe(0)
  })

  it('asks half-way through a token that lives shorter than twice the leeway', () => {
    const { arrivals } = fleet({ lifetime: 40 * SECOND, end: 40 * SECOND, pause: 1, signIns: 1 })

    expect(arrivals.findIndex((rate) => rate > 0)).toBe(20)
    expect(arrivals.findLastIndex((rate) => rate > 0)).toBe(20)
  })

  it('lets those wait whose next request comes after the end', () => {
    const waitedFor = Object.values(CANDIDATES).map((dueAt) => fleet({ dueAt, pause: 30 * SECOND }).waitedFor)

    expect(Math.min(...waitedFor)).toBeGreaterThan(0)
    expect(fleet({ leeway: 0 }).waitedFor).toBe(CLIENTS)
  })

  it('does the same each time with the same seed, and something else with another', () => {
    const once = fleet({ outage: outage() })

    expect(fleet({ outage: outage() })).toEqual(once)
    expect(fleet({ outage: outage(), seed: 2 })).not.toEqual(once)
  })

  it('gives the device its clocks and its chance back', () => {
    const { random } = Math
    const { now } = Date
    const readings = [Date.now(), performance.now()]

    fleet()
    const fails = () => {
      throw new Error('No rule.')
    }
    expect(() => fleet({ dueAt: fails })).toThrow('No rule.')

    expect(Math.random).toBe(random)
    expect(Date.now).toBe(now)
    expect(Date.now() - readings[0]!).toBeLessThan(60 * SECOND)
    expect(performance.now()).toBeGreaterThan(readings[1]!)
  })
})

describe('a fleet whose token endpoint is out', () => {
  it.each([null, 5, 30, 'rest'] as const)(
    'has new tokens afterwards, with a Retry-After of %s',
    (retryAfter) => {
      const { arrivals, granted, turnedAway, stranded } = fleet({ outage: outage({ retryAfter }) })

      expect(granted).toBe(CLIENTS)
      expect(stranded).toBe(0)
      expect(turnedAway).toBeGreaterThan(0)
      expect(arrivals.reduce((total, rate) => total + rate, 0)).toBe(granted + turnedAway)
    },
  )

  it('is asked less often where it says for how long to wait', () => {
    const turnedAway = ([null, 5, 30] as const).map(
      (retryAfter) => fleet({ outage: outage({ retryAfter }) }).turnedAway,
    )

    expect(turnedAway[1]).toBeLessThan(turnedAway[0]! / 2)
    expect(turnedAway[2]).toBeLessThan(turnedAway[1]! / 2)
  })

  it('is not asked before the time that it says', () => {
    const { arrivals } = fleet({ outage: outage({ retryAfter: 40 }), signIns: 1, pause: 1, dueAt: jitterOff })
    const first = LIFETIME / SECOND - 30

    expect(arrivals[first]).toBe(CLIENTS)
    expect(Math.max(...arrivals.subarray(first + 1, first + 40))).toBe(0)
    expect(arrivals.subarray(first + 40).reduce((total, rate) => total + rate, 0)).toBeGreaterThan(CLIENTS)
  })

  it('leaves those without a token who still have none in the end', () => {
    const { granted, stranded } = fleet({ outage: outage({ until: Infinity }) })

    expect(granted).toBe(0)
    expect(stranded).toBe(CLIENTS)
  })
})
