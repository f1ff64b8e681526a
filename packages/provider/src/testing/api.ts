import type { FakeDialect, FakeFault, FakeStep, RecordedRequest } from './types.ts'

/** What an answer is made from. */
export interface AnswerContext {
  request: RecordedRequest
  /** A counter for ids: unique in one upstream. */
  nextId(): number
  /** Makes a signature and remembers what it signs. */
  issue(thinking: string): string
  signal: AbortSignal
}

/** What a request is judged by. */
export interface FakeRules {
  apiKey: string
  /** What each issued signature signs. */
  signatures: ReadonlyMap<string, string>
}

/** One endpoint of an API as the fake knows it. */
export interface FakeApi {
  dialect: FakeDialect
  path: string
  /** Everything about a request that the API would refuse; the first one is its answer. */
  faults(request: RecordedRequest, rules: FakeRules): Iterable<FakeFault>
  /** The body of an error answer. */
  faultBody(fault: FakeFault, requestId: string): unknown
  /** The status of an error whose answer is no stream. */
  statusOfError(type: string): number
  /** The headers that every answer has. */
  headers(requestId: string): Record<string, string>
  /** A whole answer as JSON. */
  toWhole(steps: readonly FakeStep[], context: AnswerContext): unknown
  /** The framed events of a stream. Throws where the connection breaks. */
  toEvents(steps: readonly FakeStep[], context: AnswerContext): AsyncGenerator<string>
}
