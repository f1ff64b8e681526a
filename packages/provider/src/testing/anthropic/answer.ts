import type { AnswerContext } from '../api.ts'
import { parseJson, toFields } from '../json.ts'
import { halves, inputText, resetError, toId, tokens } from '../steps.ts'
import type { FakeFault, FakeStep } from '../types.ts'

type Block = Record<string, unknown>

const statusTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** The body of an error answer. */
export const faultBody = (fault: FakeFault, requestId: string): unknown => ({
  type: 'error',
  error: { type: fault.type ?? statusTypes[fault.status] ?? 'api_error', message: fault.message ?? 'Error' },
  request_id: requestId,
})

/** The status of an error that is not sent in a stream. */
export const statusOfError = (type: string): number =>
  Number(Object.keys(statusTypes).find((status) => statusTypes[Number(status)] === type) ?? 500)

const toBlock = (step: FakeStep, context: AnswerContext): Block | undefined => {
  if (step.type === 'text') return { type: 'text', text: step.text }
  if (step.type === 'thinking') {
    return { type: 'thinking', thinking: step.text, signature: context.issue(step.text) }
  }
  if (step.type !== 'tool-call') return undefined
  const id = step.id ?? toId('toolu_', context.nextId())
  // A whole message never holds cut arguments; only a stream can.
  const input = typeof step.input === 'string' ? toFields(parseJson(step.input)) : step.input
  return { type: 'tool_use', id, name: step.name, input }
}

/** How the answer ends by itself, or as the steps say. */
const stopReason = (steps: readonly FakeStep[]): string =>
  steps.find((step) => step.type === 'finish')?.reason ??
  (steps.some(({ type }) => type === 'refusal') ? 'refusal' : undefined) ??
  (steps.some(({ type }) => type === 'tool-call') ? 'tool_use' : 'end_turn')

/** What a stream says at its start, whatever it says at its end. */
const usage = (context: AnswerContext) => ({
  input_tokens: tokens(context.request.body),
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
})

/** The usage at the end of an answer: what the steps say of it, over the fake's own count. */
const finalUsage = (steps: readonly FakeStep[], context: AnswerContext): Block => ({
  ...usage(context),
  output_tokens: outputTokens(steps),
  ...steps.find((step) => step.type === 'usage')?.usage,
})

const outputTokens = (steps: readonly FakeStep[]): number =>
  steps.reduce((sum, step) => {
    if (step.type === 'text' || step.type === 'thinking') return sum + tokens(step.text)
    return step.type === 'tool-call' ? sum + tokens(step.name + inputText(step)) : sum
  }, 0)

/** The whole answer as one message; neighbouring texts are one block. */
export const toMessage = (steps: readonly FakeStep[], context: AnswerContext): unknown => {
  const content: Block[] = []
  for (const step of steps) {
    const block = toBlock(step, context)
    const last = content.at(-1)
    if (block?.type === 'text' && last?.type === 'text')
      last.text = `${String(last.text)}${String(block.text)}`
    else if (block !== undefined) content.push(block)
  }
  return {
    ...envelope(context),
    content,
    stop_reason: stopReason(steps),
    stop_sequence: null,
    usage: { ...finalUsage(steps, context), service_tier: 'standard' },
  }
}

const envelope = (context: AnswerContext) => ({
  id: toId('msg_', context.nextId()),
  type: 'message',
  role: 'assistant',
  model: toFields(context.request.body).model,
})

/** One event as the API frames it: JSON followed by spaces, which is what it really sends. */
const frame = (type: string, data: Block = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}   \n\n`

/** The events of a stream. Throws where the connection breaks. */
export async function* toEvents(steps: readonly FakeStep[], context: AnswerContext): AsyncGenerator<string> {
  const start = { ...usage(context), output_tokens: 1, service_tier: 'standard' }
  const message = { ...envelope(context), content: [], stop_reason: null, stop_sequence: null, usage: start }
  yield frame('message_start', { message })
  yield frame('ping')
  let index = -1
  let inText = false
  let isFinished = false
  for (const step of steps) {
    if (step.type === 'wait') await step.until
    else if (step.type === 'raw') yield step.text
    else if (step.type === 'ping') yield frame('ping')
    else if (step.type === 'reset') throw resetError()
    else if (step.type === 'end') return
    else if (step.type === 'error-event') {
      yield frame('error', { error: { type: step.error, message: step.message ?? 'Error' } })
      return
    } else if (step.type === 'finish') {
      isFinished = true
      yield* finishEvents(steps, inText ? index : undefined, context)
    } else if (step.type !== 'usage' && step.type !== 'refusal') {
      if (inText && step.type !== 'text') yield frame('content_block_stop', { index })
      if (!inText || step.type !== 'text') index += 1
      yield* blockEvents(step, index, inText, context)
      inText = step.type === 'text'
    }
  }
  if (!isFinished) yield* finishEvents(steps, inText ? index : undefined, context)
  yield frame('message_stop')
}

function* finishEvents(
  steps: readonly FakeStep[],
  open: number | undefined,
  context: AnswerContext,
): Generator<string> {
  if (open !== undefined) yield frame('content_block_stop', { index: open })
  yield frame('ping')
  yield frame('message_delta', {
    delta: { stop_reason: stopReason(steps), stop_sequence: null },
    usage: finalUsage(steps, context),
  })
}

/** A text block stays open for the next text; all other blocks end at once. */
function* blockEvents(
  step: Extract<FakeStep, { type: 'text' | 'thinking' | 'tool-call' }>,
  index: number,
  open: boolean,
  context: AnswerContext,
): Generator<string> {
  const delta = (value: Block) => frame('content_block_delta', { index, delta: value })
  const start = (block: Block) => frame('content_block_start', { index, content_block: block })
  if (step.type === 'text') {
    if (!open) yield start({ type: 'text', text: '' })
    yield delta({ type: 'text_delta', text: step.text })
    return
  }
  if (step.type === 'thinking') {
    yield start({ type: 'thinking', thinking: '', signature: '' })
    for (const thinking of ['', ...halves(step.text)]) yield delta({ type: 'thinking_delta', thinking })
    yield delta({ type: 'signature_delta', signature: context.issue(step.text) })
  } else {
    const id = step.id ?? toId('toolu_', context.nextId())
    yield start({ type: 'tool_use', id, name: step.name, input: {} })
    // The first piece is always empty; for a tool without arguments it is the only one.
    const text = inputText(step)
    const pieces = text === '{}' ? [] : halves(text)
    for (const piece of ['', ...pieces]) yield delta({ type: 'input_json_delta', partial_json: piece })
  }
  yield frame('content_block_stop', { index })
}
