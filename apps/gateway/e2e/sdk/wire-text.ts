/** Event streams as providers of each dialect write them, from what is odd in them. */

type Fields = Record<string, unknown>

/** A chunk of a Chat stream. */
export const chunk = (delta: Fields | undefined, more: Fields = {}, choice: Fields = {}): string =>
  data({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'gpt-4o-2024-11-20',
    choices: delta === undefined ? [] : [{ index: 0, delta, finish_reason: null, ...choice }],
    ...more,
  })

/** The last chunks of a Chat stream: why it ends, what it used, and its mark. */
export const chatEnd = (reason = 'stop', usage: Fields | null = chatUsage): string =>
  chunk({}, {}, { finish_reason: reason }) + (usage === null ? '' : chunk(undefined, { usage })) + done

export const chatUsage: Fields = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 }
export const done = 'data: [DONE]\n\n'

/** A piece of a call in a Chat stream. */
export const callPiece = (call: Fields): string => chunk({ tool_calls: [call] })

export const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

/** An event of a Messages stream. */
export const event = (type: string, fields: Fields = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

export const messageStart = (usage: Fields = { input_tokens: 11, output_tokens: 1 }): string =>
  event('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-6',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    },
  })

/** A whole block: its start, its deltas, its end. */
export const block = (index: number, start: Fields, ...deltas: Fields[]): string =>
  event('content_block_start', { index, content_block: start }) +
  deltas.map((delta) => event('content_block_delta', { index, delta })).join('') +
  event('content_block_stop', { index })

export const textBlock = (index: number, ...texts: string[]): string =>
  block(index, { type: 'text', text: '' }, ...texts.map((text) => ({ type: 'text_delta', text })))

export const toolBlock = (index: number, id: string, name: string, ...pieces: string[]): string =>
  block(
    index,
    { type: 'tool_use', id, name, input: {} },
    ...pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
  )

export const messageEnd = (
  stop_reason = 'end_turn',
  usage: Fields = { output_tokens: 7 },
  delta: Fields = {},
): string =>
  event('message_delta', { delta: { stop_reason, stop_sequence: null, ...delta }, usage }) +
  event('message_stop')
