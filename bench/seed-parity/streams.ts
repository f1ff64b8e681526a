import { createAnthropic, createOpenAI, type Provider, type Transport } from '@gateway/provider'
import { bytesEach } from '../measure.ts'

const openaiStart = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-4o',
  choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' }, finish_reason: null }],
}
const anthropicStart = [
  {
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-6',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
]

/** An upstream that begins its answer and then says nothing more: what is held is ours. */
const idleUpstream = (beginning: string): Transport => ({
  dispatch: (_request, sink) => {
    sink.head(200, { 'content-type': 'text/event-stream' })
    sink.data(new TextEncoder().encode(beginning))
    return new Promise(() => {})
  },
})

const upstreams = {
  openai: (): [Provider, string] => {
    const transport = idleUpstream(`data: ${JSON.stringify(openaiStart)}\n\n`)
    return [createOpenAI({ apiKey: 'none', transport }), 'gpt-4o']
  },
  anthropic: (): [Provider, string] => {
    const frames = anthropicStart.map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
    const transport = idleUpstream(frames.join(''))
    return [createAnthropic({ apiKey: 'none', transport }), 'claude-sonnet-4-6']
  },
}

/** What one stream holds, read until its first text, with a read pending and a signal that could end it. */
export const streamBytes = (dialect: keyof typeof upstreams, promptCharacters: number): Promise<number> => {
  const [provider, model] = upstreams[dialect]()
  return bytesEach(1000, async (n) => {
    const content = `${n} `.padEnd(promptCharacters, 'x')
    const { signal } = new AbortController()
    const events = await provider.stream({ model, messages: [{ role: 'user', content }] }, { signal })
    const iterator = events[Symbol.asyncIterator]()
    for (;;) {
      const step = await iterator.next()
      if (step.done === true) throw new Error('The stream ended.')
      if (step.value.type === 'text-delta') break
    }
    return { iterator, pending: iterator.next() }
  })
}
