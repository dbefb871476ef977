import { Arbitrary, type Random, type Stream, type Value } from 'fast-check'

/** Values of another arbitrary that are large enough; they shrink to any size. */
export class AtLeast<T> extends Arbitrary<T> {
  readonly #source: Arbitrary<T>
  readonly #isEnough: (value: T) => boolean

  constructor(source: Arbitrary<T>, isEnough: (value: T) => boolean) {
    super()
    this.#source = source
    this.#isEnough = isEnough
  }

  override generate(random: Random, biasFactor: number | undefined): Value<T> {
    for (;;) {
      const made = this.#source.generate(random, biasFactor)
      // Not `value`, whose first reader alone gets the original, which remembers what has run.
      if (this.#isEnough(made.value_)) return made
    }
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return this.#source.canShrinkWithoutContext(value)
  }

  override shrink(value: T, context: unknown): Stream<Value<T>> {
    return this.#source.shrink(value, context)
  }
}
