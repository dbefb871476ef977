const wallClock = () => performance.timeOrigin + performance.now()

/**
 * Waits for a moment, in ms since the epoch, more exactly than a timer does; in a hidden tab, where a timer may take a
 * second, without one.
 */
export async function exactMoment(at: number): Promise<void> {
  if (!document.hidden) await new Promise((resolve) => setTimeout(resolve, at - 5 - wallClock()))
  while (wallClock() < at);
}
