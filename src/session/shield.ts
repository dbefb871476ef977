/**
 * Makes a runner for what wakes observers of the application, such as a write to a ref: one that throws is reported,
 * and stops nothing here.
 */
export function createShield(report: (error: unknown) => void): (action: () => void) => void {
  return (action) => {
    try {
      action()
    } catch (error) {
      report(error)
    }
  }
}
