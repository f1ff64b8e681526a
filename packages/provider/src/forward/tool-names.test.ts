import { expect, test } from 'vitest'
import type { JsonObject } from '../types/json.ts'
import { ask, type Call, call, json, sse } from './test-support.ts'

/*
 * Anthropic takes names of tools that are twice as long as those of OpenAI.
 */

const long = `mcp__${'plugin_'.repeat(14)}search`
const other = `${long.slice(0, -6)}remove`
const tool = (name: string) => ({ name, input_schema: { type: 'object' } })

const send = (over: JsonObject = {}): Call =>
  call(
    ask('anthropic-messages', {
      model: 'gpt-4.1',
      stream: false,
      tools: [tool(long), tool('now'), tool(other)],
      tool_choice: { type: 'tool', name: long },
      messages: [
        { role: 'user', content: 'Go' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: other, input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'ok' }] },
      ],
      ...over,
    }),
  )

/** The names in a request, as the upstream was sent them. */
const namesIn = ({ upstream }: Call) => {
  const { tools, tool_choice: choice, messages } = JSON.parse(String(upstream.request.body))
  const inTools: string[] = tools.map((item: { function: { name: string } }) => item.function.name)
  return { inTools, inChoice: choice.function.name, inHistory: messages[1].tool_calls[0].function.name }
}

test('a name that is too long is another one upstream, and itself to the client', async () => {
  const whole = send()
  const { inTools, inChoice, inHistory } = namesIn(whole)
  const [wire = ''] = inTools
  expect(new Set(inTools).size).toBe(3)
  for (const name of inTools) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  expect([inTools[1], inChoice, inHistory]).toEqual(['now', wire, inTools[2]])
  const calls = inTools.map((name, index) => ({
    index,
    id: `call_${index}`,
    type: 'function',
    function: { name, arguments: '{}' },
  }))
  whole.upstream.sink.head(200, json)
  whole.upstream.send(
    JSON.stringify({
      id: 'c',
      model: 'gpt-4.1',
      choices: [{ index: 0, message: { content: null, tool_calls: calls }, finish_reason: 'tool_calls' }],
    }),
  )
  whole.upstream.sink.end()
  await whole.called
  const { content } = JSON.parse(whole.client.text())
  expect(content.map(({ name }: { name: string }) => name)).toEqual([long, 'now', other])

  const streamed = send({ stream: true })
  streamed.upstream.sink.head(200, sse)
  for (const delta of [{ tool_calls: calls }, {}]) {
    const finish_reason = 'tool_calls' in delta ? null : 'tool_calls'
    const chunk = { id: 'c', model: 'gpt-4.1', choices: [{ index: 0, delta, finish_reason }] }
    streamed.upstream.send(`data: ${JSON.stringify(chunk)}\n\n`)
  }
  streamed.upstream.send('data: [DONE]\n\n')
  await streamed.called
  const starts = streamed.client.text().match(/^data: \{"type":"content_block_start".*$/gm) ?? []
  expect(starts.map((line) => JSON.parse(line.slice(6)).content_block.name)).toEqual([long, 'now', other])
})

test('an object without properties has none', () => {
  const { tools } = JSON.parse(String(send().upstream.request.body))
  expect(tools[0].function.parameters).toEqual({ type: 'object', properties: {} })
})
