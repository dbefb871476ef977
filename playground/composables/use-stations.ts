import { isAxiosError } from 'axios'
import { type Ref, ref } from 'vue'
import { useHttp } from 'vue-auth-axios'
import type { Item } from '../server/stations.ts'

/** A card: what it shows, and how the latest try to fill it went. */
export interface Reading {
  state: 'reading' | 'read' | 'failed'
  item?: Item
  problem?: string
}

/** Stations that are read all at once. */
export interface Stations {
  readings: Ref<Reading[]>
  read(): Promise<void>
}

/** Reads the first stations of the server. */
export function useStations(amount: number): Stations {
  const http = useHttp()
  const readings = ref<Reading[]>(Array.from({ length: amount }, () => ({ state: 'reading' })))

  async function readOne(index: number): Promise<void> {
    const { item } = readings.value[index] ?? {}
    const shown = item ? { item } : {}
    readings.value[index] = { ...shown, state: 'reading' }
    try {
      const { data } = await http.get<Item>(`/items/${index + 1}`)
      readings.value[index] = { state: 'read', item: data }
    } catch (error) {
      readings.value[index] = { ...shown, state: 'failed', problem: problemOf(error) }
    }
  }

  async function read(): Promise<void> {
    await Promise.all(readings.value.map((_, index) => readOne(index)))
  }

  return { readings, read }
}

/** Names a failure in a word or two. */
export function problemOf(error: unknown): string {
  return (isAxiosError(error) && error.code) || 'failed'
}
