/** The reasons of the rejections that nobody had handled by the end of a piece of work. */
export async function unhandledRejections(work: () => unknown): Promise<unknown[]> {
  const reasons: unknown[] = []
  const collect = (reason: unknown) => void reasons.push(reason)
  // The test runner listens as well, and would fail the run for what this test is about.
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', collect)
  try {
    await work()
    // Node looks for unhandled rejections between two macrotasks.
    for (let task = 0; task < 3; task++) await new Promise<void>((resolve) => void macrotask(resolve))
    return reasons
  } finally {
    process.off('unhandledRejection', collect)
    for (const other of others) process.on('unhandledRejection', other)
  }
}

/** Taken down before a test can replace it by fake time. */
const macrotask = setImmediate
