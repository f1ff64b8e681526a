import { type DestinationStream, type Logger, pino } from 'pino'

/**
 * JSON lines on stdout. Errors are logged with message, code and stack but without other fields, so that nothing
 * that an upstream or a client sent rides along; names that hold secrets are redacted wherever they appear.
 */
export const createLogger = (level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
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
    ...(destination === undefined ? [] : [destination]),
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
