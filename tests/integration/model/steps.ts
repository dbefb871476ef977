import fc, { type Arbitrary, type AsyncCommand } from 'fast-check'
import { elapse, turnClock } from '../../support/fake-time.ts'
import type { Trouble } from './disk.ts'
import { logoutFates, refreshFates } from './fates.ts'
import type { RequestSpec } from './request.ts'
import type { Stage } from './stage.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** One thing that happens. What it is held against are the rules of the stage. */
class Step implements AsyncCommand<Stage, Stage> {
  readonly #label: string
  readonly #act: (stage: Stage) => void | Promise<void>
  readonly #isPossible: (stage: Stage) => boolean
  readonly #rushes: boolean

  /** @param rushes whether the next step comes before all has happened that follows from this one */
  constructor(
    label: string,
    act: (stage: Stage) => void | Promise<void>,
    {
      rushes = false,
      isPossible = () => true,
    }: { rushes?: boolean; isPossible?: (stage: Stage) => boolean } = {},
  ) {
    this.#label = rushes ? `${label} and at once` : label
    this.#act = act
    this.#isPossible = isPossible
    this.#rushes = rushes
  }

  check(stage: Readonly<Stage>): boolean {
    return this.#isPossible(stage as Stage)
  }

  async run(_rules: Stage, stage: Stage): Promise<void> {
    stage.invariants.note(`STEP ${this.#label}`)
    stage.steps++
    await this.#act(stage)
    if (this.#rushes) stage.invariants.assertUnbroken()
    else await stage.settle()
  }

  toString(): string {
    return this.#label
  }
}

/** Mostly one of the first, now and then one of the others. */
const mostly = <T>(usual: readonly T[], others: readonly T[]): Arbitrary<T> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  )

const rushes = mostly([false], [true])

const spec: Arbitrary<RequestSpec> = fc.record({
  body: mostly<RequestSpec['body']>(['none', 'json'], ['text', 'form', 'bytes', 'stream']),
  want: mostly<RequestSpec['want']>(['ok'], ['denied', 'narrow', 'forbidden', 'broken', 'cut']),
  token: mostly<RequestSpec['token']>(['session'], ['session', 'none', 'own', 'elsewhere']),
  abort: mostly<RequestSpec['abort']>(['never', 'signal'], ['signal', 'cancel token', 'beforehand']),
  acceptsAll: mostly([false], [true]),
  via: fc.nat(2),
})

const request = fc.record({ spec, rushes }).map(({ spec: what, rushes: at }) => {
  const traits = Object.entries(what).filter(
    ([, value]) => value !== 'never' && value !== false && value !== 0,
  )
  return new Step(
    `request(${traits.map(([, value]) => String(value)).join(', ')})`,
    (stage) => stage.request(what),
    {
      rushes: at,
    },
  )
})

/** A page that loads: several requests at the same moment. */
const burst = fc.record({ specs: fc.array(spec, { minLength: 2, maxLength: 5 }), rushes }).map(
  ({ specs, rushes: at }) =>
    new Step(`${specs.length} requests at once`, (stage) => specs.forEach((what) => stage.request(what)), {
      rushes: at,
    }),
)

const deliver = fc
  .integer({ min: 1, max: 14 })
  .map(
    (count) =>
      new Step(`deliver(${count})`, (stage) => stage.deliver(count), { isPossible: (stage) => stage.isBusy }),
  )

const abort = fc.record({ pick: fc.nat(5), rushes }).map(
  ({ pick, rushes: at }) =>
    new Step(`abort(${pick})`, (stage) => stage.abort(pick), {
      rushes: at,
      isPossible: (stage) => stage.abortable.length > 0,
    }),
)

const pass = mostly(
  [10, 50, 300, 999, SECOND, 2 * SECOND],
  [4 * SECOND, 10 * SECOND, 31 * SECOND, 2 * MINUTE, 8 * HOUR],
).map((ms) => new Step(`${ms} ms pass`, () => elapse(ms)))

const turn = fc
  .constantFrom(-8 * HOUR, -HOUR, -MINUTE, -SECOND, SECOND, MINUTE, HOUR, 8 * HOUR)
  .map((ms) => new Step(`the clock is turned by ${ms} ms`, () => turnClock(ms), { rushes: true }))

const expire = fc.constant(
  new Step('every access token expires', (stage) => stage.server.expire(), { rushes: true }),
)

type RefreshFateName = keyof typeof refreshFates

const fates = Object.keys(refreshFates) as RefreshFateName[]

const meet = fc
  .array(mostly<RefreshFateName>(fates, ['success']), { minLength: 1, maxLength: 2 })
  .map(
    (names) =>
      new Step(`refreshes meet ${names.join(', ')}`, (stage) => stage.refreshesMeet(names), { rushes: true }),
  )

const trouble = fc
  .array(mostly<Trouble>(['none'], ['throws', 'rejects', 'rejects, though it is done', 'hangs']), {
    minLength: 1,
    maxLength: 3,
  })
  .map(
    (kinds) =>
      new Step(`the storage meets ${kinds.join(', ')}`, (stage) => stage.storageMeets(kinds), {
        rushes: true,
      }),
  )

const login = fc
  .record({
    login: mostly(['let in'] as const, ['wrong password', 'broken', 'malformed'] as const),
    user: mostly(['known'] as const, ['broken'] as const),
    remember: mostly([true], [false]),
    rushes,
  })
  .map(
    ({ remember, rushes: at, ...wish }) =>
      new Step(
        `login(${wish.login}, user ${wish.user}${remember ? '' : ', not remembered'})`,
        (stage) => stage.login(wish, remember),
        { rushes: at },
      ),
  )

const logout = fc
  .record({ fate: fc.constantFrom(...(Object.keys(logoutFates) as Array<keyof typeof logoutFates>)), rushes })
  .map(({ fate, rushes: at }) => new Step(`logout(${fate})`, (stage) => stage.logout(fate), { rushes: at }))

const simply = (label: string, act: (stage: Stage) => void) =>
  rushes.map((at) => new Step(label, act, { rushes: at }))

const setTokens = simply('setTokens', (stage) => stage.setTokens())
const refresh = simply('refresh', (stage) => stage.refresh())
const fetchUser = simply('fetchUser', (stage) => stage.fetchUser())
const attach = simply('attach', (stage) => stage.attach())
const reopen = fc.constant(new Step('the page is left and opened again', (stage) => stage.reopen()))

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

/** All that may happen, as often as it says. */
export const steps: Arbitrary<Step>[] = [
  ...times(10, request),
  ...times(3, burst),
  ...times(18, deliver),
  ...times(2, abort),
  ...times(5, pass),
  turn,
  ...times(5, expire),
  ...times(4, meet),
  trouble,
  ...times(3, login),
  logout,
  setTokens,
  ...times(2, refresh),
  fetchUser,
  attach,
  reopen,
]
