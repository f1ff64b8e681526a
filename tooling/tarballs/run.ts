import { execFile } from 'node:child_process'

/** How a program ended, with everything that it wrote. */
export interface Outcome {
  readonly ok: boolean
  readonly output: string
}

/** Variables that the package manager sets for its scripts; they would steer another one that is started from here. */
const isForScripts = (name: string): boolean => /^(npm|pnpm)_/i.test(name) || name === 'INIT_CWD'

const cleanEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForScripts(name)))

/** Runs a program to its end, for at most five minutes. A failure is a value: the caller says what it means. */
export const run = (program: string, args: readonly string[], cwd: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const options = { cwd, env: cleanEnv(), timeout: 300_000, maxBuffer: 16 * 1024 * 1024 }
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`
      resolve({ ok: error === null, output: error === null ? output : `${output}${error.message}` })
    })
    child.stdin?.end()
  })
