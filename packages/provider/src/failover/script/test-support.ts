import type { ClientDialectName } from '../../types/message.ts'
import { type Frames, framesOf } from '../frames/test-support.ts'

/*
 * For this package's own tests; nothing here is exported or built.
 */

/** One thing that a fault upstream does. Words in the dialect that it was asked in; a pause is on its clock. */
export type Act =
  /** The first of these in an answer sends its head, and whatever its dialect begins with. */
  | { type: 'text'; text: string }
  /** Status line, headers and, in a stream that is not `bare`, the dialect's opening without any content. */
  | { type: 'head'; bare?: boolean }
  | { type: 'ping' }
  /** The rest of a whole answer: usage and marker. */
  | { type: 'finish'; usage?: boolean }
  /** The connection ends as if the answer were whole. */
  | { type: 'end' }
  /** The response ends, with nothing but what was sent. */
  | { type: 'close' }
  /** No connection at all, or one that breaks here. */
  | { type: 'refuse' }
  | { type: 'reset' }
  | { type: 'wait'; ms: number }
  /** Nothing more, ever. */
  | { type: 'hang' }
  /** Bytes as they are, inside the body of an answer. */
  | { type: 'raw'; text: string | Uint8Array }
  /** One byte after the other, `ms` apart. */
  | { type: 'drip'; text: string; ms: number }
  /** An error status in the dialect's own words. */
  | { type: 'status'; status: number; error?: string; message?: string; headers?: Record<string, string> }
  /** A whole response of another kind. */
  | { type: 'other'; contentType: string; body: string; status?: number }
  /** An error in the stream, behind a good status. */
  | { type: 'error-event'; error: string }

/** Where a script is played: a sink on a virtual clock, or a socket. */
export interface Outlet {
  isOver(): boolean
  head(status: number, headers: Record<string, string>): void
  data(bytes: Uint8Array): void
  end(): void
  /** Breaks off with a code of the system's. */
  fail(code: 'ECONNREFUSED' | 'ECONNRESET'): void
  after(ms: number, run: () => void): void
}

interface Answer {
  frames: Frames
  isStream: boolean
  hasHead: boolean
  /** Of a whole answer, which is sent in one piece with its end. */
  text: string
}

const encoder = new TextEncoder()
const toBytes = (text: string | Uint8Array) => (typeof text === 'string' ? encoder.encode(text) : text)

/** Plays a script to its end, or up to where nobody listens any more. */
export const play = (
  script: readonly Act[],
  asked: { dialect: ClientDialectName; isStream: boolean },
  outlet: Outlet,
): void => {
  const answer: Answer = {
    frames: framesOf(asked.dialect),
    isStream: asked.isStream,
    hasHead: false,
    text: '',
  }
  step(script, 0, answer, outlet)
}

const step = (script: readonly Act[], at: number, answer: Answer, outlet: Outlet): void => {
  const act = script[at]
  if (act === undefined || act.type === 'hang' || outlet.isOver()) return
  const next = () => step(script, at + 1, answer, outlet)
  if (act.type === 'wait') outlet.after(act.ms, next)
  else if (act.type === 'drip') drip(toBytes(act.text), 0, act.ms, outlet, next)
  else {
    perform(act, answer, outlet)
    next()
  }
}

const drip = (bytes: Uint8Array, at: number, ms: number, outlet: Outlet, next: () => void): void => {
  if (outlet.isOver()) return
  if (at === bytes.length) {
    next()
    return
  }
  outlet.data(bytes.subarray(at, at + 1))
  outlet.after(ms, () => drip(bytes, at + 1, ms, outlet, next))
}

const perform = (act: Act, answer: Answer, outlet: Outlet): void => {
  const { frames, isStream } = answer
  const send = (text: string | Uint8Array) => {
    if (!answer.hasHead) begin(answer, outlet)
    if (text.length > 0) outlet.data(toBytes(text))
  }
  switch (act.type) {
    case 'head':
      begin(answer, outlet, act.bare)
      break
    case 'text':
      if (!isStream) answer.text += act.text
      send(isStream ? frames.text(act.text) : '')
      break
    case 'ping':
      send(isStream ? frames.ping : '')
      break
    case 'raw':
      send(act.text)
      break
    case 'error-event':
      send(isStream ? frames.errorEvent(act.error) : frames.errorBody(act.error, 'broken'))
      if (!isStream) outlet.end()
      break
    case 'finish': {
      const hasUsage = act.usage !== false
      send(isStream ? frames.finish(hasUsage) : frames.whole(answer.text, hasUsage))
      outlet.end()
      break
    }
    case 'end':
      // Half of a whole answer is half of its JSON.
      send(isStream ? '' : frames.whole(answer.text, true).slice(0, -20))
      outlet.end()
      break
    case 'close':
      outlet.end()
      break
    case 'refuse':
      outlet.fail('ECONNREFUSED')
      break
    case 'reset':
      outlet.fail('ECONNRESET')
      break
    case 'status':
      outlet.head(act.status, { 'content-type': 'application/json', ...act.headers })
      outlet.data(toBytes(frames.errorBody(act.error ?? frames.typeOf(act.status), act.message ?? 'no')))
      outlet.end()
      break
    case 'other':
      outlet.head(act.status ?? 200, { 'content-type': act.contentType })
      outlet.data(toBytes(act.body))
      outlet.end()
      break
    default:
  }
}

const begin = (answer: Answer, outlet: Outlet, bare = false): void => {
  answer.hasHead = true
  const { frames, isStream } = answer
  outlet.head(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' })
  if (isStream && !bare) outlet.data(encoder.encode(frames.start))
}

/** A whole answer of these words, one delta each. */
export const answers = (...words: string[]): Act[] => [
  ...words.map((text): Act => ({ type: 'text', text })),
  { type: 'finish' },
]
