import type { Logger } from 'pino'

/** What middleware gives to routes. */
export interface RequestEnv {
  Variables: {
    requestId: string
    tenant: string
    log: Logger
  }
}
