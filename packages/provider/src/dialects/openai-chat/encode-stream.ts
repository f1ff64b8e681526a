import type { JsonObject } from '../../types/json.ts'
import type { ThinkingBlock } from '../../types/message.ts'
import type { BlockEndEvent, FinishEvent, StreamEvent, ThinkingDeltaEvent } from '../../types/stream-event.ts'
import type { ClientContext, StreamEncoder } from '../client-dialect.ts'
import { fillIn, ownExtra } from '../extra.ts'
import { isJsonObject } from '../json.ts'
import { type AnswerForm, readAnswerForm } from './answer-form.ts'
import { type CallEncoder, createCallEncoder } from './encode-calls.ts'
import { encodeError } from './encode-error.ts'
import { encodeDetail, encodeHidden } from './reasoning-details.ts'
import { toFinishReason } from './stop-reason.ts'
import { encodeUsage } from './usage.ts'

/**
 * Writes an answer as ChatCompletionChunks: the role first, with the first content; usage in a chunk of its own where it
 * was asked for; `[DONE]` after a whole answer alone. Everything of a chunk but its delta is written once, since it is
 * the same in each.
 */
export const createStreamEncoder = (context: ClientContext): StreamEncoder => {
  const { now, includeUsage, generateId } = context
  const form = readAnswerForm(context.answerForm)
  const created = Math.floor(now / 1000)
  // OpenAI says null in every chunk when usage was asked for.
  const tail = `,"logprobs":null,"finish_reason":null}]${includeUsage ? ',"usage":null' : ''}}\n\n`
  const textTail = `}${tail}`
  let identity: JsonObject = {}
  let head = ''
  let textHead = ''
  let isOpen = false
  let calls: CallEncoder | undefined
  let thinking: Thinking | undefined

  const start = (id: string, model: string) => {
    identity = { id: id === '' ? generateId() : id, object: 'chat.completion.chunk', created, model }
    head = `data: ${JSON.stringify(identity).slice(0, -1)},"choices":[{"index":0,"delta":`
    textHead = `${head}{"content":`
  }

  /** The chunk of the role, before the first one of content. */
  const open = (content: '""' | 'null'): string => {
    isOpen = true
    return `${head}{"role":"assistant","content":${content},"refusal":null}${tail}`
  }

  const chunk = (delta: string): string => (delta === '' ? '' : head + delta + tail)

  const withRole = (frames: string, content: '""' | 'null'): string =>
    isOpen || frames === '' ? frames : open(content) + frames

  const finish = (event: FinishEvent): string => {
    const { final, rest } = toFinal(event, form)
    const others = { ...identity, ...rest }
    const last = { ...others, choices: [final], ...(includeUsage && { usage: null }) }
    const usage = includeUsage
      ? `data: ${JSON.stringify({ ...others, choices: [], usage: encodeUsage(event.usage) })}\n\n`
      : ''
    const details = thinking === undefined ? '' : withRole(chunk(toDetails(thinking)), '""')
    return `${details}${isOpen ? '' : open('""')}data: ${JSON.stringify(last)}\n\n${usage}data: [DONE]\n\n`
  }

  const encode = (event: StreamEvent): string => {
    switch (event.type) {
      case 'text-delta': {
        if (event.text === '') return ''
        const text = JSON.stringify(event.text)
        const frame = event.isRefusal === true ? chunk(`{"refusal":${text}}`) : textHead + text + textTail
        return isOpen ? frame : open('""') + frame
      }
      case 'thinking-delta':
        thinking ??= noThinking()
        gather(thinking, event)
        return event.text === ''
          ? ''
          : withRole(chunk(`{"reasoning_content":${JSON.stringify(event.text)}}`), '""')
      case 'tool-use-start':
        calls ??= createCallEncoder(form)
        return withRole(chunk(calls.start(event)), 'null')
      case 'tool-input-delta':
        return event.text === '' ? '' : chunk(calls?.input(event) ?? '')
      case 'native': {
        thinking ??= noThinking()
        const detail = encodeHidden(event.block, thinking.details.length)
        if (detail !== undefined) {
          thinking.details.push(detail)
          return ''
        }
        calls ??= createCallEncoder(form)
        return withRole(chunk(calls.native(event)), 'null')
      }
      case 'block-end':
        if (thinking?.at === event.index) endThinking(thinking, event)
        return chunk(calls?.end(event) ?? '')
      case 'start':
        start(event.id, event.model)
        return ''
      case 'finish':
        return finish(event)
      default:
        return ''
    }
  }

  return { encode, fail: (error) => `data: ${JSON.stringify(encodeError(error))}\n\n` }
}

/** Thinking as it comes: its signature, which comes last, stands in one piece with the text that it signs. */
interface Thinking {
  /** The block. */
  at: number
  text: string
  signature: string | undefined
  /**
   * The blocks before it. They are told together, at the end: clients that know nothing of the field keep what the last
   * delta with it said.
   */
  details: JsonObject[]
}

const noThinking = (): Thinking => ({ at: -1, text: '', signature: undefined, details: [] })

const gather = (thinking: Thinking, event: ThinkingDeltaEvent) => {
  if (thinking.at !== event.index) {
    thinking.at = event.index
    thinking.text = ''
    thinking.signature = undefined
  }
  thinking.text += event.text
  thinking.signature = event.signature ?? thinking.signature
}

/** Keeps a signed block. */
const endThinking = (thinking: Thinking, { extra }: BlockEndEvent): void => {
  const { text, signature, details } = thinking
  thinking.at = -1
  thinking.text = ''
  if (signature === undefined) return
  const block: ThinkingBlock = { type: 'thinking', text, signature, extra }
  details.push(encodeDetail(block, details.length))
}

/** The delta of the signed blocks, or none. */
const toDetails = ({ details }: Thinking): string =>
  details.length === 0 ? '' : JSON.stringify({ reasoning_details: details })

/** The last choice, with what is only known at the end, and the fields around it. */
const toFinal = (event: FinishEvent, form: AnswerForm): { final: JsonObject; rest: JsonObject } => {
  const { choice, message, created: _, ...rest } = ownExtra(event, 'openai-chat')
  const { logprobs = null, finish_reason: kept, ...ofChoice } = isJsonObject(choice) ? choice : {}
  const reason = typeof kept === 'string' ? kept : toFinishReason(event.stopReason)
  const final = {
    index: 0,
    delta: isJsonObject(message) ? message : {},
    logprobs,
    finish_reason: form.isLegacy && reason === 'tool_calls' ? 'function_call' : reason,
  }
  return { final: fillIn(final, ofChoice), rest }
}
