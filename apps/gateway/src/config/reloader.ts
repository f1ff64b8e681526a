import { readFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { ConfigError } from './config-error.ts'
import { watchFile } from './watch-file.ts'

/** Options of {@link createReloader}. */
export interface ReloaderOptions {
  /** The configuration in force. */
  config: Config
  load(): Promise<Config>
  /** Puts a configuration into force, or throws and changes nothing. */
  apply(config: Config): void
  log: Logger
}

/** Takes changes of the configuration over while the gateway runs. */
export interface Reloader {
  /** Reads the configuration again, whether it changed or not. Never rejects: what is wrong goes to the log. */
  reload(): Promise<void>
  stop(): void
}

/**
 * Follows the file that was read at the start, where there was one. A configuration with faults leaves the old one in
 * force, and every fault is logged.
 */
export const createReloader = async ({ config, load, apply, log }: ReloaderOptions): Promise<Reloader> => {
  const { file } = config
  // The directory has other files too; only a new text is a change.
  let text = await textOf(file)
  let current = config
  let last = Promise.resolve()

  const takeOver = async (): Promise<void> => {
    try {
      text = await textOf(file)
      const next = await load()
      refuseLoss(current, next, text)
      apply(next)
      current = next
      for (const note of next.notes) log.warn(note)
      log.info({ file: next.file, models: Object.keys(next.models) }, 'the configuration was reloaded')
    } catch (error) {
      const message = 'the new configuration is not used; the old one stays in force'
      if (!(error instanceof ConfigError)) log.error({ err: error }, message)
      else for (const fault of error.faults) log.error({ ...fault, file }, message)
    }
  }
  // One after the other, in the order in which they were asked for.
  const queue = (task: () => Promise<void>): Promise<void> => {
    last = last.then(task)
    return last
  }
  const look = async (): Promise<void> => {
    if ((await textOf(file)) !== text) await takeOver()
  }
  const stop =
    file === undefined
      ? () => {}
      : watchFile(file, {
          onChange: () => void queue(look),
          onError: (error) =>
            log.warn({ err: error, file }, 'the file is not watched; send SIGHUP after changes'),
        })
  return { reload: () => queue(takeOver), stop }
}

/**
 * A file is empty for a moment while many programs write it, and whoever removes one seldom means to let everybody in.
 * @throws ConfigError for both, and wherever access would become open.
 */
const refuseLoss = (current: Config, next: Config, text: string | undefined): void => {
  const { file } = current
  if (file !== undefined && (next.file === undefined || text === undefined || text.trim() === '')) {
    const message = 'is gone or empty; what it said stays in force until there is another'
    throw new ConfigError([{ path: file, message }], file)
  }
  if (current.keys.length > 0 && next.keys.length === 0) {
    const message = 'none is left, which would let everybody in; restart the gateway where that is meant'
    throw new ConfigError([{ path: 'keys', message }], file)
  }
}

/** What stands in the file; undefined while it cannot be read. */
const textOf = async (file: string | undefined): Promise<string | undefined> => {
  if (file === undefined) return undefined
  try {
    return await readFile(file, 'utf8')
  } catch {
    // Whoever loads it says why.
    return undefined
  }
}
