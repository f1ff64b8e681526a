import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Milliseconds that a file must have been left alone: editors write in several steps. */
const quietMs = 200

/** Options of {@link watchFile}. */
export interface WatchOptions {
  /** The file may have changed, or have been replaced; it may also be as it was. */
  onChange(): void
  /** It cannot be watched any longer. */
  onError(error: unknown): void
}

/**
 * Watches a file through its directory, so that one that is put in its place by renaming, or by turning a link, is seen
 * as well. Call the result to stop.
 */
export const watchFile = (path: string, { onChange, onError }: WatchOptions): (() => void) => {
  let timer: NodeJS.Timeout | undefined
  let watcher: FSWatcher | undefined
  const stop = () => {
    clearTimeout(timer)
    watcher?.close()
  }
  try {
    watcher = watch(dirname(path), (_event, name) => {
      // Beside the file itself what a mounted volume turns to put a new one in its place. Neighbours that are written all
      // the time, such as a database, must not keep the timer from its end.
      if (name !== null && name !== basename(path) && !name.startsWith('..')) return
      clearTimeout(timer)
      timer = setTimeout(onChange, quietMs)
    })
    watcher.on('error', (error) => {
      stop()
      onError(error)
    })
  } catch (error) {
    onError(error)
  }
  return stop
}
