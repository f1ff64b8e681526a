import { ProviderError } from '@gateway/provider'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLogger } from '../logger.ts'
import type { Call } from './call.ts'
import { clientGone, type Exchange } from './exchange.ts'
import { createRequestLog } from './request-log.ts'

const createTestLog = () => {
  const lines: string[] = []
  const log = createRequestLog(createLogger('info', { write: (line) => void lines.push(line) }))
  return { log, lines }
}

// Some that need escapes, and some that are too long to be held.
const text = fc.constantFrom('', 'a', 'model', '"\\\n\u2028\u0000\ud800', 'é'.repeat(255), 'x'.repeat(300))
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const count = fc.oneof(fc.nat(), fc.constantFrom(0, -0, 1e21, 0.5, Number.NaN, Number.POSITIVE_INFINITY))
const milliseconds = fc.double({ min: 0, max: 1e6, noNaN: true })
const fields = {
  method: fc.constantFrom('POST', 'GET'),
  path: text,
  status: fc.constantFrom(200, 404),
  tenant: fc.constantFrom('', 'acme'),
  model: maybe(text),
  provider: maybe(text),
  providerModel: maybe(text),
  attempts: maybe(fc.nat(2)),
  stream: maybe(fc.boolean()),
  isRelay: maybe(fc.boolean()),
  usage: maybe(fc.record({ inputTokens: count, outputTokens: count })),
  firstTokenMs: maybe(milliseconds),
  end: fc.constantFrom('well', 'gone', 'refused'),
  lasted: milliseconds,
}
const whole = fc.record(fields)
type Made = typeof whole extends fc.Arbitrary<infer T> ? T : never
/** One after another, each like the one before in all but a field. */
const calls = fc
  .tuple(whole, fc.array(fc.tuple(whole, fc.constantFrom(...Object.keys(fields))), { minLength: 5 }))
  .map(([first, others]) => {
    const all: Made[] = [first]
    for (const [other, field] of others) {
      const last = all.at(-1) ?? first
      all.push({ ...last, [field]: Reflect.get(other, field) })
    }
    return all
  })

const refusal = new ProviderError('Too many.', { code: 'rate-limit', provider: 'upstream' })

const toCall = (made: Made, n: number): Call => {
  const { method, path, end, tenant, model, provider, attempts, stream, isRelay, usage, firstTokenMs } = made
  const signal = end === 'gone' ? AbortSignal.abort(clientGone()) : new AbortController().signal
  return {
    exchange: { method, path, signal } as Exchange,
    requestId: `req_${n}`,
    dialect: 'openai-chat',
    startedAt: 5,
    caller: { tenant },
    status: end === 'refused' ? 429 : made.status,
    isStream: false,
    place: -1,
    model,
    report: { provider, model: made.providerModel, attempts, stream, isRelay, usage, firstTokenMs },
    error: end === 'refused' ? refusal : undefined,
  }
}

const round = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : Math.round(milliseconds * 1000) / 1000

test('a line is what the library would make of its fields, whatever went before it', () => {
  fc.assert(
    fc.property(calls, (made) => {
      const { log, lines } = createTestLog()
      for (const [n, each] of made.entries()) {
        const call = toCall(each, n)
        log(call, 5 + each.lasted)
        const isRefused = each.end === 'refused'
        const expected = {
          request_id: `req_${n}`,
          method: each.method,
          path: each.path,
          status: call.status,
          tenant: each.tenant || undefined,
          model: each.model?.slice(0, 256),
          provider: each.provider ?? (isRefused ? 'upstream' : undefined),
          provider_model: each.providerModel,
          attempts: each.attempts,
          stream: each.stream,
          relay: each.isRelay,
          input_tokens: each.usage?.inputTokens,
          output_tokens: each.usage?.outputTokens,
          first_token_ms: round(each.firstTokenMs),
          duration_ms: round(5 + each.lasted - 5),
          client_left: each.end === 'gone' ? true : undefined,
          error: isRefused ? 'rate_limit' : undefined,
          msg: 'request',
        }
        const line = lines.at(-1) ?? ''
        const [start, time, rest] = [line.slice(0, 24), line.slice(24, 49), line.slice(49)]
        expect(start).toBe('{"level":"info","time":"')
        expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"$/)
        expect(rest).toBe(`,${JSON.stringify(expected).slice(1)}\n`)
      }
      expect(lines.length).toBe(made.length)
    }),
  )
})
