import { contentText, parseJson, toFields, toList } from './json.ts'
import type { FakeFault, FakeStep, RecordedRequest } from './types.ts'

/** Each reads one line of the last user message; `undefined` means that the line is ordinary text. */
const lines: readonly [
  pattern: RegExp,
  read: (found: readonly string[]) => readonly FakeStep[] | FakeFault,
][] = [
  [
    /^call (\S+)\s*(.*)$/,
    ([name = '', input = '']) => [{ type: 'tool-call', name, input: input === '' ? '{}' : input }],
  ],
  [/^think (.+)$/, ([text = '']) => [{ type: 'thinking', text }]],
  [
    /^error (\S+)$/,
    ([error = '']) => [
      { type: 'text', text: 'Half of ' },
      { type: 'error-event', error },
    ],
  ],
  [/^reset$/, () => [{ type: 'text', text: 'Half of ' }, { type: 'reset' }]],
  [/^end$/, () => [{ type: 'text', text: 'Half of ' }, { type: 'end' }]],
  [/^html (\d{3})$/, ([status]) => ({ status: Number(status), body: '<html><h1>Bad gateway</h1></html>' })],
  [
    /^status (\d{3})(?: (\d+))?$/,
    ([status, after]) => ({ status: Number(status), ...(after && { headers: { 'retry-after': after } }) }),
  ],
]

/** What the fake answers when no script says otherwise: what the lines of the last user text ask for, or an echo. */
export const defaultAnswer = (request: RecordedRequest): readonly FakeStep[] | FakeFault => {
  const results = toolResults(request.body)
  if (results.length > 0) return words(`The tools answered: ${results.join(', ')}`)
  const steps: FakeStep[] = []
  for (const line of request.lastText.split('\n')) {
    const answer = readLine(line)
    if (answer !== undefined && 'status' in answer) return answer
    steps.push(...(answer ?? []))
  }
  // Thinking alone is no answer; calls and faults are.
  const silent = steps.every(({ type }) => type === 'thinking')
  return silent ? [...steps, ...words(`You said: ${request.lastText}`)] : steps
}

const readLine = (line: string): readonly FakeStep[] | FakeFault | undefined => {
  for (const [pattern, read] of lines) {
    const found = pattern.exec(line.trim())
    if (found === null) continue
    const answer = read(found.slice(1))
    const [step] = 'status' in answer ? [] : answer
    // A call whose arguments are no JSON was meant as text.
    if (step?.type === 'tool-call' && parseJson(String(step.input)) === undefined) return undefined
    return answer
  }
  return undefined
}

/** The texts of the tool results that a conversation of either API ends with. */
const toolResults = (body: unknown): string[] => {
  const messages = toList(toFields(body).messages).map(toFields)
  const last = messages.at(-1)
  if (last?.role === 'tool') {
    const first = messages.findLastIndex(({ role }) => role !== 'tool') + 1
    return messages.slice(first).map(({ content }) => contentText(content))
  }
  return toList(last?.content)
    .map(toFields)
    .filter(({ type }) => type === 'tool_result')
    .map(({ content }) => contentText(content))
}

const words = (text: string): FakeStep[] =>
  (text.match(/\S+\s*/g) ?? []).map((word): FakeStep => ({ type: 'text', text: word }))
