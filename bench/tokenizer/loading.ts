import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { median, type Row } from '../measure.ts'

const repetitions = 7

/** Prints the time, and by how much the process grew; what any first import costs is not counted. */
const measured = (body: string): string => `
await import('data:text/javascript,0');
const rss = process.memoryUsage.rss()
const start = performance.now();
${body};
console.log(JSON.stringify([performance.now() - start, process.memoryUsage.rss() - rss]))`

/** The medians of some runs: milliseconds, and MiB. */
const run = (body: string): { time: number; memory: number } => {
  const results = Array.from({ length: repetitions }, (): [number, number] => {
    const args = ['--input-type=module', '--eval', measured(body)]
    const output = execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' })
    const [time, memory]: unknown[] = JSON.parse(output)
    return [Number(time), Number(memory) / 2 ** 20]
  })
  return { time: median(results.map(([time]) => time)), memory: median(results.map(([, memory]) => memory)) }
}

const loaders: Readonly<Record<string, string>> = {
  'our o200k_base': `(await (await import('@gateway/tokenizer')).getTokenizer('gpt-4o')).count('hello world')`,
  'gpt-tokenizer': `(await import('gpt-tokenizer/encoding/o200k_base')).encode('hello world')`,
  tiktoken: `(await import('tiktoken')).get_encoding('o200k_base').encode('hello world')`,
  'ai-tokenizer': `const { Tokenizer } = await import('ai-tokenizer')
new Tokenizer(await import('ai-tokenizer/encoding/o200k_base')).encode('hello world')`,
  'js-tiktoken': `const { Tiktoken } = await import('js-tiktoken/lite')
new Tiktoken((await import('js-tiktoken/ranks/o200k_base')).default).encode('hello world')`,
}

/** What importing the built package costs, and what it costs to count with a table. By the clock, as users wait. */
export const measureLoading = (): Row[] => {
  if (!existsSync(`${import.meta.dirname}/../../packages/tokenizer/dist/index.js`)) {
    throw new Error('This measures the built package: run `pnpm run build` first.')
  }
  const root = run(`await import('@gateway/tokenizer')`)
  return [
    {
      what: 'import of the built @gateway/tokenizer',
      limit: '< 20 ms, < 5 MiB',
      measured: `${root.time.toFixed(1)} ms, ${root.memory.toFixed(1)} MiB`,
      holds: root.time < 20 && root.memory < 5,
    },
    ...Object.entries(loaders).map(([name, body]) => {
      const { time, memory } = run(body)
      return {
        what: `import, table and first text: ${name}`,
        measured: `${time.toFixed(0)} ms, ${memory.toFixed(0)} MiB`,
      }
    }),
  ]
}
