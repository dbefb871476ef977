import type { AxiosResponse } from 'axios'

/** What became of promises, in their order. */
export interface Outcomes<T> {
  values: T[]
  errors: unknown[]
}

/** Waits for all promises. */
export async function outcomes<T>(promises: Iterable<PromiseLike<T>>): Promise<Outcomes<T>> {
  const settled = await Promise.allSettled(promises)
  return {
    values: settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    errors: settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  }
}

/** The error a promise rejects with. */
export async function failure(promise: PromiseLike<unknown>): Promise<unknown> {
  const { errors } = await outcomes([promise])
  if (errors.length === 0) throw new Error('The promise was expected to reject.')
  return errors[0]
}

/** How many times. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

/** The statuses of answers. */
export const statuses = (responses: AxiosResponse[]): number[] => responses.map(({ status }) => status)
