import { isProviderError, ProviderError } from '../errors.ts'
import { isContent } from '../forward/client-stream.ts'
import type { OnBreak } from '../routing/route.ts'
import type { Target } from '../routing/target.ts'
import type { CompletionRequest } from '../types/completion.ts'
import type { Provider } from '../types/provider.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import type { Attempt, RunningAttempt } from './attempt.ts'
import { ruleFor } from './policy.ts'
import { createSoFar, createSplice, note, type SoFar, toContinued } from './so-far.ts'
import { type WalkOptions, walk } from './walk.ts'

/** Options of {@link openStream}. */
export interface StreamWalkOptions extends Omit<WalkOptions<Opened>, 'attempt' | 'isStream'> {
  request: CompletionRequest
  /** More headers for each upstream request. */
  headers?: Record<string, string> | undefined
  onBreak: OnBreak
  providerOf(target: Target): Provider
  /** Does its model go on from a last assistant message? */
  takesPrefill(target: Target): boolean
}

/** An answer that began: the events up to its first content, and the rest. */
interface Opened {
  held: StreamEvent[]
  rest: AsyncIterator<StreamEvent>
}

/** A streamed answer of whichever target gives one. */
export interface WalkedStream {
  /** Who began it; once a break was gone on from, who writes on, and whose usage the end tells. */
  target: Target
  /** Iterate it or abort the signal. It fails where the answer breaks off and nobody can go on. */
  events: AsyncIterable<StreamEvent>
}

/**
 * Asks one target after the other for a stream, and settles on the first content; where `onBreak` holds, on the whole.
 * Rejects with the error that the caller is told, or with the reason of its signal.
 */
export const openStream = async (options: StreamWalkOptions): Promise<WalkedStream> => {
  const { targets, request } = options
  const holds = isHeld(options)
  const end = await walk<Opened>({
    ...options,
    isStream: true,
    attempt: (target, attempt) => begin(options, request, target, attempt, holds),
  })
  if (!end.isOk) throw end.error
  const later = targets.slice(targets.indexOf(end.target) + 1)
  const told: { target: Target } = { target: end.target }
  return Object.assign(told, { events: follow(options, end.value, end.attempt, later, told) })
}

/** Is nothing shown until the answer is whole? A tool call that breaks off is never gone on from. */
export const isHeld = ({
  onBreak,
  targets,
  takesPrefill,
  request,
}: Pick<StreamWalkOptions, 'onBreak' | 'targets' | 'takesPrefill' | 'request'>): boolean => {
  if (onBreak !== 'rescue') return onBreak === 'restart'
  const mayCall = (request.tools?.length ?? 0) > 0
  return mayCall || !targets.slice(1).every(takesPrefill)
}

const begin = async (
  { providerOf, headers }: StreamWalkOptions,
  request: CompletionRequest,
  target: Target,
  attempt: Attempt,
  holds: boolean,
): Promise<Opened> => {
  const { signal, heard, connectMs } = attempt
  const { model } = target
  const call = { signal, headers, onData: heard, connectTimeoutMs: connectMs }
  const events = await providerOf(target).stream({ ...request, model }, call)
  const rest = events[Symbol.asyncIterator]()
  const held: StreamEvent[] = []
  while (true) {
    const step = await rest.next()
    heard()
    if (step.done === true) throw incomplete(target)
    held.push(step.value)
    if (isContent(step.value)) attempt.output()
    if (step.value.type === 'finish' || (attempt.firstTokenMs !== undefined && !holds)) return { held, rest }
  }
}

/** The events of an answer that began, and of those that go on where it breaks off. */
async function* follow(
  options: StreamWalkOptions,
  opened: Opened,
  running: RunningAttempt,
  later: readonly Target[],
  told: { target: Target },
): AsyncGenerator<StreamEvent> {
  const soFar = createSoFar()
  let [current, attempt, left] = [opened, running, later]
  let splice: ((event: StreamEvent) => StreamEvent[]) | undefined
  try {
    while (true) {
      try {
        for await (const event of read(current, attempt)) {
          for (const told of splice === undefined ? [event] : splice(event)) {
            note(soFar, told)
            yield told
          }
          if (event.type === 'finish') {
            attempt.end()
            return
          }
        }
        throw incomplete()
      } catch (error) {
        attempt.end({ error })
        const next = await goOn(options, soFar, left, error)
        splice = createSplice(soFar)
        current = next.value
        attempt = next.attempt
        told.target = next.target
        left = left.slice(left.indexOf(next.target) + 1)
      }
    }
  } finally {
    // Left by whoever iterates it: that says nothing about the target.
    attempt.end({ error: undefined })
    await current.rest.return?.()
  }
}

async function* read({ held, rest }: Opened, attempt: Attempt): AsyncGenerator<StreamEvent> {
  yield* held
  while (true) {
    const step = await rest.next()
    if (step.done === true) return
    attempt.heard()
    yield step.value
  }
}

/** The answer of a target that goes on; throws the break itself where nobody can. */
const goOn = async (options: StreamWalkOptions, soFar: SoFar, later: readonly Target[], error: unknown) => {
  const { onBreak, signal, request, takesPrefill } = options
  const mayGoOn = (onBreak === 'continue' || onBreak === 'rescue') && !soFar.hasMore && !signal?.aborted
  if (!mayGoOn || !isProviderError(error) || ruleFor(error).next !== 'yes') throw error
  // Before any text there is nothing to go on from: whoever comes next begins.
  const targets = soFar.text.trim() === '' ? later : later.filter(takesPrefill)
  if (targets.length === 0) throw error
  const continued = toContinued(request, soFar.text)
  const end = await walk<Opened>({
    ...options,
    targets,
    isStream: true,
    attempt: (target, attempt) => begin(options, continued, target, attempt, false),
  })
  if (end.isOk) return end
  // The break is what happened to this answer; that nobody could go on is no news to its reader.
  throw signal?.aborted ? signal.reason : error
}

const incomplete = (target?: Target): ProviderError =>
  new ProviderError("The provider's stream ended without its finish: the answer is not whole.", {
    code: 'bad-response',
    provider: target?.provider,
  })
