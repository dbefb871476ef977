import { expect } from 'vitest'

/** Waits until a visitor reads this. */
export async function shows(reader: { text(): string }, expected: string | RegExp): Promise<void> {
  await expect.poll(() => reader.text(), { interval: 5, timeout: 5_000 }).toMatch(expected)
}
