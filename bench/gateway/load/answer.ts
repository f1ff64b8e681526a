import type { WireDialect } from '../mock/answers.ts'

/** What an answer is held against. */
export interface Expected {
  dialect: WireDialect
  stream: boolean
  text: string
}

interface ChatShape {
  choices?: { delta?: { content?: string | null }; message?: { content?: string | null } }[]
}
interface MessagesShape {
  type?: string
  delta?: { text?: string }
  content?: { text?: string }[]
}

/** The text of one event, or of an answer that is not streamed. */
const textOf = (dialect: WireDialect, json: string): string => {
  const value: unknown = JSON.parse(json)
  if (dialect === 'chat') {
    const choice = (value as ChatShape).choices?.[0]
    return choice?.delta?.content ?? choice?.message?.content ?? ''
  }
  const { delta, content } = value as MessagesShape
  return delta?.text ?? content?.map(({ text = '' }) => text).join('') ?? ''
}

const dataLines = (payload: string): string[] =>
  payload
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trim())

/** How a whole answer of a dialect ends. */
const marker: Record<WireDialect, string> = { chat: 'data: [DONE]', messages: '"message_stop"' }

/** How many events an answer has: cheap enough to be counted in every one. */
export const countEvents = (body: Buffer): number => {
  let count = 0
  for (let at = body.indexOf('\n\n'); at !== -1; at = body.indexOf('\n\n', at + 2)) count += 1
  return count
}

/** What is wrong with an answer that came with status 200; undefined where it is whole. */
export const faultOf = (body: Buffer, { dialect, stream, text }: Expected): string | undefined => {
  const payload = body.toString()
  try {
    if (!stream) return textOf(dialect, payload) === text ? undefined : 'another text'
    if (!payload.trimEnd().slice(-200).includes(marker[dialect])) return 'no end marker'
    const spelled = dataLines(payload)
      .filter((data) => data !== '[DONE]')
      .map((data) => textOf(dialect, data))
      .join('')
    return spelled === text ? undefined : `another text (${spelled.length} of ${text.length} characters)`
  } catch (error) {
    return `unreadable: ${String(error).slice(0, 80)}`
  }
}
