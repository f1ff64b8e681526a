import type { Logger } from 'pino'
import type { Caller } from './auth.ts'

/** What middleware gives to routes. */
export interface RequestEnv {
  Variables: {
    requestId: string
    tenant: string
    caller: Caller
    log: Logger
    /** Why it failed, where it did. */
    errorCode: string
  }
}
