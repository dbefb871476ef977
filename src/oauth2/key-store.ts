const DATABASE = 'vue-auth-axios'
const STORE = 'dpop'

/** Works with the keys in IndexedDB, where all tabs find them; they cannot be read there, only used. */
export async function withKeys<Result = unknown>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest,
): Promise<Result> {
  const opening = indexedDB.open(DATABASE)
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
  await settled(opening, 'success')
  const database = opening.result
  try {
    const transaction = database.transaction(STORE, mode)
    const request = work(transaction.objectStore(STORE))
    await settled(transaction, 'complete')
    return request.result
  } finally {
    database.close()
  }
}

function settled(target: IDBRequest | IDBTransaction, event: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    target.addEventListener(event, resolve)
    for (const failure of ['error', 'abort']) target.addEventListener(failure, () => reject(target.error))
  })
}
