import type { AxiosProgressEvent } from 'axios'
import { describe, expect, test } from 'vitest'
import { STALE, visitStrict } from '../support/strict-visit.ts'

/** More than fits into one packet. */
const SIZE = 400_000

/** Takes down which progress is made, and whether it is that of the replay. */
async function observe(adapter: 'xhr' | 'fetch') {
  const { auth, store } = await visitStrict({ axios: { adapter }, storage: 'memory' })
  const first: AxiosProgressEvent[] = []
  const again: AxiosProgressEvent[] = []
  const onProgress = (event: AxiosProgressEvent) =>
    void (store.accessToken === STALE ? first : again).push(event)
  return { http: auth.http, first, again, onProgress }
}

describe('on a replay', () => {
  // Chromium's fetch sends streams, which axios needs for this, over HTTP/2 alone.
  test('the progress of an upload is told again, from its beginning to its end', async () => {
    const { http, first, again, onProgress } = await observe('xhr')

    await http.post('/upload/progress', new Blob([new Uint8Array(SIZE)]), { onUploadProgress: onProgress })

    expect(first.at(-1)).toMatchObject({ loaded: SIZE, total: SIZE, upload: true })
    await expect.poll(() => again.at(-1)).toMatchObject({ loaded: SIZE, total: SIZE, upload: true })
  })

  test.for(['xhr', 'fetch'] as const)('the progress of a download is told, by %s', async (adapter) => {
    const { http, again, onProgress } = await observe(adapter)

    const { data } = await http.get('/download/progress', { onDownloadProgress: onProgress })

    const loaded = JSON.stringify(data).length
    await expect.poll(() => again.at(-1)).toMatchObject({ loaded, download: true })
  })
})
