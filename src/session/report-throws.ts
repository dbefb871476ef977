/** Runs what wakes observers of the application. */
export type Run = (action: () => void) => void

/**
 * Makes a runner for what wakes observers of the application, such as a write to a ref: one that throws is reported,
 * and stops nothing here.
 */
export const createRun =
  (report: (error: unknown) => void): Run =>
  (action) => {
    try {
      action()
    } catch (error) {
      report(error)
    }
  }
