/**
 * What tests are written with that have to run on every runtime, where no test framework does: web standards only.
 * A package's `runtime-tests/portable.ts` exports `tests`; its `runtime-tests/node.ts` those that need `node:` modules.
 */

/** Sentences, each with a function that throws when it is not true. */
export type PortableTests = Readonly<Record<string, () => unknown>>

/** How a run ended. */
export interface PortableResult {
  readonly passed: number
  /** `name: error` of each failed test. */
  readonly failures: readonly string[]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Deep equality of plain data. A field that is `undefined` equals one that is not there. */
const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]))
}

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 400) ?? String(value)

/** @throws Error that shows both values unless they are deeply equal. */
export const assertEqual = (actual: unknown, expected: unknown): void => {
  if (!isSame(actual, expected)) throw new Error(`got ${show(actual)} instead of ${show(expected)}`)
}

/** What a function throws, or what the promise that it returns rejects with. @throws Error where there is neither. */
export const thrownBy = async (task: () => unknown): Promise<unknown> => {
  try {
    await task()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** Only ends what hangs. */
const PATIENCE_MS = 30_000

/** Runs a test to its end. Its timer also keeps alive a process that has nothing else to wait for. */
const runToEnd = (test: () => unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`still running after ${PATIENCE_MS} ms`)), PATIENCE_MS)
    const finish = async (): Promise<void> => {
      try {
        await test()
        resolve()
      } catch (error) {
        reject(error)
      } finally {
        clearTimeout(timer)
      }
    }
    // It ends in one of the two, so there is nothing left to wait for.
    void finish()
  })

/** Runs the tests one after the other. */
export const runPortable = async (tests: PortableTests): Promise<PortableResult> => {
  const failures: string[] = []
  const entries = Object.entries(tests)
  for (const [name, test] of entries) {
    try {
      await runToEnd(test)
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    }
  }
  return { passed: entries.length - failures.length, failures }
}
