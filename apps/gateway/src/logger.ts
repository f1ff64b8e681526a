import { type DestinationStream, type Logger, pino } from 'pino'

/** Characters of lines that are written without waiting for more. */
const enough = 15 * 1024

/** Milliseconds that a line waits at most for others. */
const longestWait = 100

/**
 * Lines gather for up to 100 ms: a write of its own for each costs more than all else that is logged about a request.
 * What waits is written when the process exits in any way but by a signal that it cannot see; lines beyond 16 MiB,
 * behind a reader that has stopped, are dropped.
 */
const toStdout = (): DestinationStream & { flushSync(): void } => {
  const stdout = pino.destination({ dest: 1, sync: false, minLength: enough, maxLength: 16 * 1024 * 1024 })
  const gathered = gatherLines((lines) => void stdout.write(lines))
  const flush = () => {
    gathered.flush()
    // Each time: it keeps what it was given in the middle of a write.
    stdout.flush()
  }
  setInterval(flush, longestWait).unref()
  const flushSync = () => {
    // First of all, so that what follows is not so much that it would be written later.
    stdout.flushSync()
    gathered.flush()
    stdout.flushSync()
  }
  process.on('exit', flushSync)
  return { write: gathered.write, flushSync }
}

/** Lines go on many at a time: the stream counts the bytes of all that it holds whenever it is given more. */
const gatherLines = (take: (lines: string) => void) => {
  let lines = ''
  const flush = () => {
    if (lines === '') return
    const all = lines
    lines = ''
    take(all)
  }
  const write = (line: string) => {
    lines += line
    if (lines.length >= enough) flush()
  }
  return { write, flush }
}

/** The time of a line. Busy processes write many a second: of each only the milliseconds are written anew. */
export const createTimestamp = (): (() => string) => {
  let second = Number.NaN
  let start = ''
  return () => {
    const now = Date.now()
    const current = Math.floor(now / 1000)
    if (current !== second) {
      second = current
      start = `,"time":"${new Date(current * 1000).toISOString().slice(0, -4)}`
    }
    return `${start}${String(now - current * 1000).padStart(3, '0')}Z"`
  }
}

/**
 * JSON lines on stdout. Errors are logged with message, code and stack but without other fields, so that nothing
 * that an upstream or a client sent rides along; names that hold secrets are redacted wherever they appear.
 */
export const createLogger = (level: string, destination: DestinationStream = toStdout()): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: createTimestamp(),
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'authorization',
          'apiKey',
          'token',
          'headers',
          'body',
          '*.authorization',
          '*.apiKey',
          '*.token',
        ],
        censor: '[redacted]',
      },
      serializers: { err: describeError },
    },
    destination,
  )

const describeError = (error: unknown): object => {
  if (!(error instanceof Error)) return { message: String(error) }
  return {
    name: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
