const wallClock = () => performance.timeOrigin + performance.now()

/** Waits for a moment, in ms since the epoch, more exactly than a timer does. */
export async function exactMoment(at: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, at - 5 - wallClock()))
  while (wallClock() < at);
}
