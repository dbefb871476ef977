import axios from 'axios'
import { createAuthAxios } from '../../../src/index.ts'
import { cookieStorage, shareRefresh } from '../../../src/server/index.ts'

// A process of its own, with `--expose-gc`: refreshes for as many visitors as it is told to, each with the cookies of a request, lets `hold` pass and says
// how much memory each has left behind, in bytes.
const [, , count = '10000'] = process.argv
const hold = 200
const http = axios.create()
const shared = shareRefresh(
  {
    refresh: async (tokens) => ({
      access_token: `AT-${tokens?.refreshToken}`,
      refresh_token: 'x'.repeat(200),
    }),
  },
  { hold },
)

async function visit(visitor: number): Promise<void> {
  const jar = new Map<string, string>()
  const storage = cookieStorage({
    get: (name) => jar.get(name),
    set: (name, value) => jar.set(name, value),
    delete: (name) => jar.delete(name),
  })
  createAuthAxios({ backend: shared, storage })
  const tokens = { accessToken: 'AT', refreshToken: `RT-${visitor}` }
  const reply = await shared.refresh(tokens, { http, signal: new AbortController().signal })
  await storage.setItem('vue-auth-axios:authAxios', JSON.stringify(reply))
}

async function visits(from: number, to: number): Promise<number> {
  for (let visitor = from; visitor < to; visitor += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, index) => visit(visitor + index)))
  }
  await new Promise((resolve) => setTimeout(resolve, 3 * hold))
  return heapInUse()
}

/** What is in use, once what is collected late, such as aborted signals, has gone as well. */
async function heapInUse(): Promise<number> {
  let least = Infinity
  for (let look = 0; look < 10; look++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 50))
    least = Math.min(least, process.memoryUsage().heapUsed)
  }
  return least
}

const WARM_UP = 5_000
const before = await visits(0, WARM_UP)
const after = await visits(WARM_UP, WARM_UP + Number(count))
process.stdout.write(String((after - before) / Number(count)))
process.exit() // sockets and locks are none of its business
