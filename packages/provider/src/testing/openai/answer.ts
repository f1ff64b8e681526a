import type { AnswerContext } from '../api.ts'
import { toFields } from '../json.ts'
import { halves, inputText, resetError, toId, tokens } from '../steps.ts'
import type { FakeFault, FakeStep } from '../types.ts'

const statusTypes: Readonly<Record<number, [type: string, code: string | null]>> = {
  400: ['invalid_request_error', null],
  401: ['invalid_request_error', 'invalid_api_key'],
  403: ['invalid_request_error', 'unsupported_country_region_territory'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['requests', 'rate_limit_exceeded'],
  500: ['server_error', null],
  503: ['server_error', null],
}

/** The body of an error answer. */
export const faultBody = (fault: FakeFault): unknown => {
  const [type, code] = statusTypes[fault.status] ?? ['server_error', null]
  return {
    error: {
      message: fault.message ?? 'The server had an error while processing your request.',
      type: fault.type ?? type,
      param: fault.param ?? null,
      code: fault.code ?? (fault.type === undefined ? code : null),
    },
  }
}

const finishReason = (steps: readonly FakeStep[]): string =>
  steps.find((step) => step.type === 'finish')?.reason ??
  (steps.some(({ type }) => type === 'tool-call') ? 'tool_calls' : 'stop')

/** What the steps say of the usage, over the fake's own count; `null` where they say that there is none. */
const usage = (steps: readonly FakeStep[], context: AnswerContext): Record<string, unknown> | null => {
  const said = steps.find((step) => step.type === 'usage')
  return said?.usage === null ? null : { ...countUsage(steps, context), ...said?.usage }
}

const countUsage = (steps: readonly FakeStep[], context: AnswerContext) => {
  const prompt = tokens(context.request.body)
  let completion = 0
  let reasoning = 0
  for (const step of steps) {
    if (step.type === 'text') completion += tokens(step.text)
    if (step.type === 'tool-call') completion += tokens(step.name + inputText(step))
    if (step.type === 'thinking') reasoning += tokens(step.text)
  }
  return {
    prompt_tokens: prompt,
    completion_tokens: completion + reasoning,
    total_tokens: prompt + completion + reasoning,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

const envelope = (object: string, context: AnswerContext) => ({
  id: toId('chatcmpl-', context.nextId()),
  object,
  // One moment for all answers: nothing here may depend on the clock.
  created: 1_790_000_000,
  model: toFields(context.request.body).model,
  service_tier: 'default',
  system_fingerprint: 'fp_0000000000',
})

const callId = (step: Extract<FakeStep, { type: 'tool-call' }>, context: AnswerContext): string =>
  step.id ?? toId('call_', context.nextId())

/** The whole answer; thinking is not shown, only counted. */
export const toCompletion = (steps: readonly FakeStep[], context: AnswerContext): unknown => {
  const text = steps.map((step) => (step.type === 'text' ? step.text : '')).join('')
  const refusal = steps.map((step) => (step.type === 'refusal' ? step.text : '')).join('')
  const calls = steps
    .filter((step) => step.type === 'tool-call')
    .map((step) => ({
      id: callId(step, context),
      type: 'function',
      function: { name: step.name, arguments: inputText(step) },
    }))
  const message = {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    ...(calls.length > 0 && { tool_calls: calls }),
    refusal: refusal === '' ? null : refusal,
    annotations: [],
  }
  const choice = { index: 0, message, logprobs: null, finish_reason: finishReason(steps) }
  const counted = usage(steps, context)
  return {
    ...envelope('chat.completion', context),
    choices: [choice],
    ...(counted !== null && { usage: counted }),
  }
}

/** The events of a stream. Throws where the connection breaks. */
export async function* toEvents(steps: readonly FakeStep[], context: AnswerContext): AsyncGenerator<string> {
  const head = envelope('chat.completion.chunk', context)
  const wantsUsage = toFields(toFields(context.request.body).stream_options).include_usage === true
  const frame = (value: Record<string, unknown>) => `data: ${JSON.stringify({ ...head, ...value })}\n\n`
  // With usage asked for, every chunk but the last says that it has none.
  const chunk = (delta: Record<string, unknown>, reason: string | null = null) =>
    frame({
      choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
      ...(wantsUsage && { usage: null }),
    })
  yield chunk({ role: 'assistant', content: '', refusal: null })
  let calls = -1
  let isFinished = false
  for (const step of steps) {
    if (step.type === 'wait') await step.until
    else if (step.type === 'raw') yield step.text
    else if (step.type === 'ping') yield ': ping\n\n'
    else if (step.type === 'reset') throw resetError()
    else if (step.type === 'end') return
    else if (step.type === 'error-event') {
      yield errorEvent(step)
      return
    } else if (step.type === 'finish') {
      isFinished = true
      yield chunk({}, step.reason)
    } else if (step.type === 'text') yield chunk({ content: step.text })
    else if (step.type === 'refusal') yield chunk({ refusal: step.text })
    else if (step.type === 'tool-call') {
      calls += 1
      const call = { index: calls, id: callId(step, context), type: 'function' }
      yield chunk({ tool_calls: [{ ...call, function: { name: step.name, arguments: '' } }] })
      for (const piece of halves(inputText(step))) {
        yield chunk({ tool_calls: [{ index: calls, function: { arguments: piece } }] })
      }
    }
  }
  if (!isFinished) yield chunk({}, finishReason(steps))
  const counted = usage(steps, context)
  if (wantsUsage && counted !== null) yield frame({ choices: [], usage: counted })
  yield 'data: [DONE]\n\n'
}

const errorEvent = ({ error: type, message }: Extract<FakeStep, { type: 'error-event' }>): string => {
  const error = { message: message ?? 'The server had an error.', type, param: null, code: null }
  return `data: ${JSON.stringify({ error })}\n\n`
}
