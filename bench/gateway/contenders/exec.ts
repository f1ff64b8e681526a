import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a program to its end and returns what it wrote; its last words are in the error if it fails. */
export const exec = async (
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> => {
  try {
    const { stdout, stderr } = await run(command, args, { maxBuffer: 64 * 1024 * 1024, ...options })
    return `${stdout}${stderr}`.trim()
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
    throw new Error(
      `${command} ${args.slice(0, 3).join(' ')}: ${stderr.trim().split('\n').slice(-3).join(' ')}`,
    )
  }
}
