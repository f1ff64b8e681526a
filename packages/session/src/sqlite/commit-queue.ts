/// <reference types="node" />
import { SessionError } from '../errors.ts'
import { rollback, type SqlDatabase, toSessionError } from './database.ts'

/** Something to do within a transaction. */
export interface Job<T> {
  /**
   * Judges first and writes then: it may throw a SessionError only before its first write, since that refuses this job
   * alone. Any other error undoes the whole transaction.
   */
  work(): T
  /** Runs right after the commit, before anything else can happen. */
  committed?: ((result: T) => void) | undefined
}

/** Gathers the writes of one turn of the event loop and commits them together: one fsync for all of them. */
export interface CommitQueue {
  /** Settles after the commit. SessionError `unavailable` when it fails: then none of the group was written. */
  submit<T>(job: Job<T>): Promise<T>
  /** Commits what waits, now. */
  flush(): void
}

interface Waiting {
  work(): void
  committed(): void
  settle(): void
  fail(error: unknown): void
}

/** A queue over one connection, which nobody else writes through. */
export function createCommitQueue(db: SqlDatabase): CommitQueue {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  let waiting: Waiting[] = []
  let scheduled: ReturnType<typeof setImmediate> | undefined

  const flush = () => {
    clearImmediate(scheduled)
    scheduled = undefined
    const group = waiting
    waiting = []
    if (group.length === 0) return
    try {
      begin.run()
      for (const job of group) job.work()
      commit.run()
    } catch (error) {
      rollback(db)
      const failure = toSessionError(error, 'Writing to the session store')
      for (const job of group) job.fail(failure)
      return
    }
    for (const job of group) job.committed()
    for (const job of group) job.settle()
  }

  const submit = <T>(job: Job<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      waiting.push(toWaiting(job, resolve, reject))
      scheduled ??= setImmediate(flush)
    })

  return { submit, flush }
}

function toWaiting<T>(job: Job<T>, resolve: (result: T) => void, reject: (error: unknown) => void): Waiting {
  let outcome: { result: T } | { refusal: SessionError } | undefined
  return {
    work: () => {
      try {
        outcome = { result: job.work() }
      } catch (error) {
        if (!(error instanceof SessionError)) throw error
        outcome = { refusal: error }
      }
    },
    committed: () => {
      if (outcome !== undefined && 'result' in outcome) job.committed?.(outcome.result)
    },
    settle: () => {
      if (outcome === undefined) return
      if ('result' in outcome) resolve(outcome.result)
      else reject(outcome.refusal)
    },
    // A refusal may rest on a write of the same group that is undone now, so that it is not passed on either.
    fail: reject,
  }
}
