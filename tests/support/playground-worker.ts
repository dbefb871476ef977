import { parentPort } from 'node:worker_threads'
import { startApi } from '../../playground/server/start-api.ts'

const api = await startApi({ debug: true, accessTtl: 60 })
parentPort?.once('message', () => void api.close())
parentPort?.postMessage(api.url)
