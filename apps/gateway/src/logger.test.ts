import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

/** Runs a module beside which stands `log`, the logger of a process. */
const run = (code: string): ChildProcessWithoutNullStreams => {
  const start = `import { createLogger } from '${new URL('logger.ts', import.meta.url)}'
const log = createLogger('info')
`
  const args = ['--conditions=@gateway/source', '--input-type=module', '--eval', start + code]
  return spawn(process.execPath, args)
}

const linesOf = async ({ stdout }: ChildProcessWithoutNullStreams): Promise<string[]> => {
  const lines: string[] = []
  for await (const line of createInterface({ input: stdout })) lines.push(JSON.parse(line).msg)
  return lines
}

test('no line is lost when a process exits', async () => {
  const child = run(`
for (let n = 0; n < 5000; n += 1) {
  log.info(n + ' ' + 'é'.repeat(n % 700))
  if (n % 7 === 0) await new Promise(setImmediate)
}
process.exit(3)`)
  const exit = once(child, 'exit')
  const lines = await linesOf(child)
  // What is being written at that moment may come behind the rest.
  const numbers = lines.map((line) => Number(line.split(' ')[0])).toSorted((a, b) => a - b)
  expect(numbers).toEqual(Array.from({ length: 5000 }, (_, n) => n))
  expect(await exit).toEqual([3, null])
})

test('a line goes out though no other follows it', async () => {
  const child = run(`
log.info('first')
process.stdin.once('data', () => {
  log.info('second')
  process.stdin.resume()
})`)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value ?? '{}')
  expect(await next()).toMatchObject({ msg: 'first' })
  child.stdin.write('go on')
  expect(await next()).toMatchObject({ msg: 'second' })
  child.stdin.end()
  expect((await lines.next()).done).toBe(true)
})
