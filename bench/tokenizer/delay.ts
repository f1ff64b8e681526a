import {
  countAsync,
  createEncoding,
  createEstimator,
  createTokenizer,
  type Tokenizer,
} from '@gateway/tokenizer'
import { o200kBase } from '@gateway/tokenizer/o200k_base'
import type { Row } from '../measure.ts'
import { chinese, english, ofAlphabet } from './texts.ts'

const texts: Readonly<Record<string, string>> = {
  english: english(1, 1_000_000),
  chinese: chinese(1, 1_000_000),
  'one letter': 'a'.repeat(1_000_000),
  'random letters': ofAlphabet([...'abcdefghijklmnopqrstuvwxyz'], 1_000_000),
  'random Chinese characters': ofAlphabet([...'天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往'], 1_000_000),
}

/** The longest that other work has to wait while a task runs: milliseconds of this thread's CPU time, and of the clock. */
const longestWait = async (task: () => Promise<unknown>): Promise<{ cpu: number; clock: number }> => {
  const longest = { cpu: 0, clock: 0 }
  let last = { cpu: process.threadCpuUsage(), clock: performance.now() }
  let running = true
  const look = (): void => {
    const now = { cpu: process.threadCpuUsage(), clock: performance.now() }
    const cpu = now.cpu.user + now.cpu.system - last.cpu.user - last.cpu.system
    longest.cpu = Math.max(longest.cpu, cpu / 1000)
    longest.clock = Math.max(longest.clock, now.clock - last.clock)
    last = now
    if (running) setImmediate(look)
  }
  setImmediate(look)
  await task()
  running = false
  look()
  return longest
}

/** What counting a million characters does to the event loop, the first time that a tokenizer is used. */
export const measureDelays = async (): Promise<Row[]> => {
  const rows: Row[] = []
  for (const [kind, text] of Object.entries(texts)) {
    const tokenizers: Readonly<Record<string, Tokenizer>> = {
      o200k_base: createTokenizer({ model: 'gpt-4o', encoding: createEncoding(o200kBase) }),
      'an estimate': createEstimator({ model: 'claude-opus-4-8' }),
    }
    for (const [name, tokenizer] of Object.entries(tokenizers)) {
      const { cpu, clock } = await longestWait(() => countAsync(tokenizer, text))
      rows.push({
        what: `longest wait while countAsync reads 1 M characters (${kind}, ${name})`,
        limit: '<= 50 ms of the thread',
        measured: `${cpu.toFixed(0)} ms, ${clock.toFixed(0)} ms by the clock`,
        holds: cpu <= 50,
      })
    }
  }
  return rows
}
