import type { SessionStore } from '../store.ts'

/** Assertions that the suite makes; `expect` of vitest, jest and bun fit. */
export type ConformanceExpect = (
  actual: unknown,
  message?: string,
) => { toBe(expected: unknown): void; toEqual(expected: unknown): void }

/** Registers a test; `test` of vitest, jest and bun fit. A skipped test must show as skipped, never as passed. */
export interface ConformanceTest {
  (name: string, run: () => Promise<void>): unknown
  skip: (name: string, run: () => Promise<void>) => unknown
}

/** What runs the suite. */
export interface ConformanceHarness {
  test: ConformanceTest
  expect: ConformanceExpect
  /** Names of tests that this store is not held to. What is not run must be named here. */
  skip?: readonly string[] | undefined
}

/** A store to test. */
export interface StoreUnderTest {
  store: SessionStore
  /** Opens the same data anew, after the store was closed. Absent for a store that keeps nothing. */
  reopen?: (() => Promise<SessionStore>) | undefined
  /** Removes what the store has left behind. */
  cleanup?: (() => Promise<void>) | undefined
}

/** Makes an empty store that reads the time from `now`. */
export type MakeStore = (options: { now: () => number }) => Promise<StoreUnderTest> | StoreUnderTest

/** What a test works with. */
export interface ConformanceContext {
  store: SessionStore
  expect: ConformanceExpect
  /** The store's clock. */
  now: () => number
  advance(milliseconds: number): void
  reopen: (() => Promise<SessionStore>) | undefined
}

/** One test of the suite. */
export interface ConformanceCase {
  name: string
  /** True when the store must keep data beyond itself. */
  needsReopen?: boolean | undefined
  run: (context: ConformanceContext) => Promise<void>
}
