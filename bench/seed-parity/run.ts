/**
 * What the seed's document claims of its speed and its memory, measured on this code:
 * `node --expose-gc --conditions=@gateway/source bench/seed-parity/run.ts`.
 */
import { type Latency, type Row, report } from '../measure.ts'
import { counting, lookup, nodeSetup, webSetup } from './latencies.ts'
import { messagesBytes, turnsBytes } from './sessions.ts'
import { streamBytes } from './streams.ts'
import { toolBytes } from './tools.ts'

/** A row of microseconds; the median must be within the limit. */
const time = (what: string, { median, p99 }: Latency, limit?: number): Row => ({
  what,
  measured: `${median.toFixed(1)} µs (p99 ${p99.toFixed(0)})`,
  ...(limit !== undefined && { limit: `≤ ${limit} µs`, holds: median <= limit }),
})

const memory = (what: string, bytes: number, limit?: number): Row => ({
  what,
  measured: `${(bytes / 1024).toFixed(1)} KB`,
  ...(limit !== undefined && { limit: `≤ ${limit} KB`, holds: bytes <= limit * 1024 }),
})

const sockets = await nodeSetup()
const characters = 280
report([
  time('SSE stream, call to first event in hand (Web streams)', await webSetup(), 1000),
  time('SSE stream, request to first event written (Node socket)', sockets.server, 1000),
  time('… the same as its client sees it, over fetch on loopback', sockets.client),
  time(
    `counting a message of ${characters} characters, exact (gpt-4o)`,
    await counting('gpt-4o', characters),
    50,
  ),
  time(
    `counting a message of ${characters} characters, estimate (claude-sonnet-4-6)`,
    await counting('claude-sonnet-4-6', characters),
    50,
  ),
  time('session lookup in memory, 100 messages', await lookup(100), 100),
  time('… of a session that was not used lately: its log is folded', await lookup(1200)),
  memory('session with 100 messages of 100 characters', await messagesBytes(100), 50),
  memory('… of 280 characters', await messagesBytes(280)),
  memory('… that 50 turns of the agent wrote, deltas replayable', await turnsBytes(false)),
  memory('… after the hour in which they are', await turnsBytes(true)),
  memory('open provider stream, OpenAI', await streamBytes('openai', 10), 10),
  memory('open provider stream, Anthropic', await streamBytes('anthropic', 10), 10),
  memory('… with a prompt of 100 000 characters', await streamBytes('anthropic', 100_000)),
  // "About 1 KB" is read as less than 1.5.
  memory('registered tool with its schema', await toolBytes(), 1.5),
])
