import { locks } from 'node:worker_threads'

// A setup file: happy-dom is a page without Web Locks, and real pages have them. Node's own are real, too.
if (typeof document !== 'undefined' && !navigator.locks) {
  Object.defineProperty(navigator, 'locks', { value: locks, configurable: true })
}
