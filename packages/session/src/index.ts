export { type FitContextOptions, type FittedContext, fitContext } from './context/fit-context.ts'
export { isSessionError, SessionError, type SessionErrorCode } from './errors.ts'
export {
  type EventData,
  type MessageData,
  type SessionSettings,
  type TurnEnd,
  terminalStatus,
} from './event-data.ts'
export { createSessionFold, type SessionFold, type SessionTimes } from './fold/session-fold.ts'
export { type DanglingToolUses, danglingToolUses, repairHistory } from './history.ts'
export type { SessionLimits } from './manager/limits.ts'
export { createSessionManager, type SessionManagerOptions } from './manager.ts'
export type {
  CreateSessionOptions,
  EventInput,
  Page,
  SessionManager,
  UpdateSessionOptions,
} from './manager-types.ts'
export { createMemoryStore, type MemoryStoreOptions } from './memory-store.ts'
export type { SessionState, StoredMessage, TurnState, TurnStatus } from './state.ts'
export type {
  AppendOptions,
  AppendResult,
  Durability,
  IdempotencyRecord,
  Lease,
  ReadOptions,
  SessionHead,
  SessionStore,
} from './store.ts'
export type {
  Json,
  JsonRecord,
  LedgerRow,
  NewSessionEvent,
  SessionBlock,
  SessionEvent,
  SessionEventType,
  SessionKey,
  SessionMessage,
  SessionUsage,
} from './types.ts'
export { addUsage, noUsage } from './usage.ts'
